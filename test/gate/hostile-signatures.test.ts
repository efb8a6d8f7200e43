import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Trust } from '../../src/evidence/trust.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { COSIGN_SIMPLESIGNING } from '../../src/oci/media-types.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { documentOf, judge as judgeDocument, trustOf } from '../evidence/sigstore/trusted-world.ts';
import { cellsOf, judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage } from '../support/sample-image.ts';
import { emailIdentity, githubIdentity } from '../support/sigstore/identity.ts';
import { type MadeBundle, makeKeyBundle, makeKeylessBundle } from '../support/sigstore/make-bundle.ts';
import { type CosignLayer, makeCosignSignature } from '../support/sigstore/make-cosign.ts';
import { makeStatement } from '../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../support/sigstore/push-signed.ts';
import { type SigstoreWorld, startSigstoreWorld } from '../support/sigstore/sigstore-world.ts';

const key = makeTrustedKey();
const { privateKey } = key;
const signature = sampleRule({ wanted: { kind: 'any-signature' }, signedBy: signedByKeys(key.trust) });
const SPDX = 'application/spdx+json';
const SBOM = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages: [{ name: 'zlib' }] });
let world: SigstoreWorld;
before(async () => {
  world = await startSigstoreWorld();
});
after(() => world.close());

type Scene = Listing & { readonly image: SampleImage };

async function startScene(t: TestContext): Promise<Scene> {
  const listing = await startListing(t);
  return { ...listing, image: await pushSampleImage(listing.target, { tag: 'v1' }) };
}

async function judgeScene({ store }: Scene, rule: Rule = signature, trusts: readonly Trust[] = [key.trust]) {
  const { verdict } = await judge(store, { tag: 'v1' }, [rule], trusts);
  return [verdict.verdict, rejectedStates(verdict)];
}

describe('a cosign signature', () => {
  const SIGNATURE = 'dev.cosignproject.cosign/signature';
  const signImage = ({ image }: Scene): Promise<CosignLayer> =>
    makeCosignSignature(undefined, { digest: image.descriptor.digest, privateKey });
  const signOther = (): Promise<CosignLayer> =>
    makeCosignSignature(undefined, { digest: digestOf('other'), privateKey });

  it('is not taken from the layer beside it, nor from the payload of another', async (t) => {
    const scene = await startScene(t);
    const [own, other] = [await signImage(scene), await signOther()];
    const crossed = [
      { ...own, annotations: other.annotations },
      { ...other, annotations: own.annotations },
      { ...own, annotations: {} },
    ];
    await pushCosignTag(scene.target, scene.image.descriptor.digest, 'sig', crossed);
    assert.deepEqual(await judgeScene(scene), ['fail', ['invalid', 'wrong-subject']]);
  });

  it('is none where two of its annotations contradict each other, or one is spelt otherwise', async (t) => {
    const scene = await startScene(t);
    const [own, other] = [await signImage(scene), await signOther()];
    const [right, wrong] = [own.annotations[SIGNATURE] ?? '', other.annotations[SIGNATURE] ?? ''];
    const spelt: readonly Readonly<Record<string, string>>[] = [
      { [SIGNATURE]: right, 'dev.sigstore.cosign/signature': wrong },
      { [SIGNATURE]: wrong, 'dev.sigstore.cosign/signature': right },
      { [SIGNATURE.toUpperCase()]: right },
      { [`${SIGNATURE} `]: right },
    ];
    const layers = spelt.map((annotations) => ({ ...own, annotations }));
    await pushCosignTag(scene.target, scene.image.descriptor.digest, 'sig', layers);
    assert.deepEqual(await judgeScene(scene), ['fail', ['invalid']]);
  });

  const PAYLOADS: readonly (readonly [string, (digest: string) => string])[] = [
    [
      'the digest twice',
      (digest) => payload(`"docker-manifest-digest":"${digest}","docker-manifest-digest":"${digest}"`),
    ],
    [
      'an escaped second digest',
      (digest) => payload(`"docker-manifest-\\u0064igest":"sha256:0","docker-manifest-digest":"${digest}"`),
    ],
    ['the digest in upper case', (digest) => payload(`"docker-manifest-digest":"${digest.toUpperCase()}"`)],
    ['the digest in a list', (digest) => payload(`"docker-manifest-digest":["${digest}"]`)],
    ['the digest as the name only', (digest) => payload(`"docker-reference":"ghcr.io/acme/app@${digest}"`)],
    ['another type', (digest) => payload(`"docker-manifest-digest":"${digest}"`).replace('container', 'blob')],
    ['something behind it', (digest) => `${payload(`"docker-manifest-digest":"${digest}"`)} {}`],
  ];
  for (const [title, make] of PAYLOADS) {
    it(`does not count over a payload with ${title}`, async (t) => {
      const scene = await startScene(t);
      const { digest } = scene.image.descriptor;
      const layer = await makeCosignSignature(undefined, { digest, privateKey, payload: Buffer.from(make(digest)) });
      await pushCosignTag(scene.target, digest, 'sig', [layer]);
      assert.deepEqual(await judgeScene(scene), ['fail', ['invalid']]);
    });
  }

  it('does not count in a type of layer that is another’s', async (t) => {
    const scene = await startScene(t);
    const own = await signImage(scene);
    await pushCosignTag(scene.target, scene.image.descriptor.digest, 'sig', [
      { ...own, mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' },
      { ...own, mediaType: 'application/vnd.dsse.envelope.v1+json' },
      { ...own, mediaType: 'application/jose+json' },
    ]);
    assert.deepEqual(await judgeScene(scene), ['fail', ['invalid']]);
    // and counts in its own, whatever case a registry gives it
    const layer = { ...own, mediaType: COSIGN_SIMPLESIGNING.toUpperCase() };
    await pushCosignTag(scene.target, scene.image.descriptor.digest, 'sig', [layer]);
    assert.equal((await judgeScene(scene))[0], 'pass');
  });
});

describe('what is called something else than it is', () => {
  it('an SBOM is no bundle, and a bundle no SBOM, whichever of the two types says so', async (t) => {
    const scene = await startScene(t);
    const { target, image } = scene;
    const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const made = await makeKeyBundle({ statement: makeStatement({ subject: image.descriptor.digest }), privateKey });
    await pushSampleReferrer(target, image.descriptor, { artifactType: bundleType, content: SBOM });
    await pushBundle(target, image.descriptor, made, { artifactType: SPDX });
    await pushBundle(target, image.descriptor, { ...made, mediaType: SPDX }, { artifactType: SPDX });
    const wanted = { kind: 'artifact-type', types: [SPDX] } as const;
    const [verdict, states] = await judgeScene(scene, sampleRule({ wanted, signed: false }));
    assert.equal(verdict, 'fail', `${states}`);
    assert.equal((await judgeScene(scene, sampleRule({ wanted, signedBy: signedByKeys(key.trust) })))[0], 'fail');
  });

  type Editable = {
    mediaType: string;
    verificationMaterial: { tlogEntries: Record<string, unknown>[]; timestampVerificationData?: unknown };
  };
  const statement = makeStatement({ subject: digestOf('image') });
  const relabelled = (made: MadeBundle, version: string, ...dropped: readonly string[]): MadeBundle => {
    const json = structuredClone(made.json) as unknown as Editable;
    json.mediaType = `application/vnd.dev.sigstore.bundle+json;version=${version}`;
    for (const entry of json.verificationMaterial.tlogEntries) for (const key of dropped) delete entry[key];
    return { ...made, bytes: Buffer.from(JSON.stringify(json)) };
  };
  for (const version of ['0.1', '0.2', '0.3']) {
    it(`a bundle that calls itself ${version} needs no less proof of its log entry`, async () => {
      const identity = githubIdentity();
      const [v1, v2] = await Promise.all([
        makeKeylessBundle(world, { statement, identity, version: '0.1' }),
        makeKeylessBundle(world, { statement, identity, rekor: 'v2' }),
      ]);
      const weakened = [
        relabelled(v1, version, 'inclusionPromise', 'inclusionProof'),
        relabelled(v2, version, 'inclusionProof'),
        relabelled(v2, version, 'inclusionProof', 'canonicalizedBody'),
      ];
      for (const made of weakened) {
        const { state, reason } = await judgeDocument(documentOf(made), trustOf(world));
        assert.ok(state !== 'verified', reason);
      }
    });
  }
});

describe('two of several signers', () => {
  const entry = (identity: string, issuer: string) => ({
    trust: 'world',
    identity: { kind: 'exact', text: identity } as const,
    issuer: { kind: 'glob', text: issuer } as const,
    at: { file: 'policy.yml', line: 1 },
  });
  const anna = 'anna@acme.example';
  const rule = (...of: readonly ReturnType<typeof entry>[]): Rule =>
    sampleRule({ signedBy: { atLeast: 2, of, at: { file: 'policy.yml', line: 1 } } });

  it('are not one of them by one issuer, twice, whatever entries fit', async (t) => {
    const scene = await startScene(t);
    const { target, image } = scene;
    const trust = { ...trustOf(world), name: 'world' };
    const statement = makeStatement({ subject: image.descriptor.digest });
    for (const identity of [anna, anna, 'Anna@acme.example']) {
      const signed = { statement, identity: emailIdentity(identity) };
      await pushBundle(target, image.descriptor, await makeKeylessBundle(world, signed));
    }
    const entries = [entry(anna, '**'), entry(anna, 'https://**'), entry('Anna@acme.example', '**')];
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [rule(...entries)], [trust]);
    assert.deepEqual(cellsOf(verdict), ['image: fail']);
    assert.match(verdict.rules[0]?.cells[0]?.reason ?? '', /^1 of 2 signers/);
    // the same address by another issuer fits her entries alone, and makes nobody of the others
    const elsewhere = { statement, identity: emailIdentity(anna, 'https://other.example') };
    await pushBundle(target, image.descriptor, await makeKeylessBundle(world, elsewhere));
    const hers = [entry(anna, '**'), entry('berta@acme.example', '**')];
    assert.deepEqual(cellsOf((await judge(scene.store, { tag: 'v1' }, [rule(...hers)], [trust])).verdict), [
      'image: fail',
    ]);
    // another person is another signer
    const berta = { statement, identity: emailIdentity('berta@acme.example') };
    await pushBundle(target, image.descriptor, await makeKeylessBundle(world, berta));
    const both = rule(...entries, entry('berta@acme.example', '**'));
    assert.equal((await judge(scene.store, { tag: 'v1' }, [both], [trust])).verdict.verdict, 'pass');
  });
});

function payload(image: string): string {
  return `{"critical":{"identity":{"docker-reference":""},"image":{${image}},"type":"cosign container image signature"},"optional":null}`;
}
