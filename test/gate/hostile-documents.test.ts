import assert from 'node:assert/strict';
import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { dsse } from '@sigstore/core';
import { digestOf, encodedOf } from '../../src/oci/digest.ts';
import { DSSE_ENVELOPE } from '../../src/oci/media-types.ts';
import { cellsOf, judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer, type SampleImage } from '../support/sample-image.ts';
import { signBytes } from '../support/sigstore/bundle-parts.ts';
import { IN_TOTO_TYPE, type MadeBundle, makeKeyBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1, type StatementJson } from '../support/sigstore/make-statement.ts';
import { pushBundle, pushCosignTag } from '../support/sigstore/push-signed.ts';

const key = makeTrustedKey();
const stranger = makeTrustedKey('stranger');
const { privateKey } = key;
const rule = sampleRule({ signedBy: signedByKeys(key.trust) });

type Scene = Listing & { readonly image: SampleImage };

async function startScene(t: TestContext): Promise<Scene> {
  const listing = await startListing(t);
  return { ...listing, image: await pushSampleImage(listing.target, { tag: 'v1' }) };
}

/** The verdict on the scene's image, and the states of what did not count. */
async function judgeScene({ store }: Scene, rules = [rule], trusts = [key.trust]) {
  const { verdict } = await judge(store, { tag: 'v1' }, rules, trusts);
  return [verdict.verdict, rejectedStates(verdict)];
}

/** Signed by the right key, whatever it is. */
async function pushPayload({ target, image }: Scene, payload: string | object): Promise<void> {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  await pushBundle(target, image.descriptor, await makeKeyBundle({ payload: bytes, privateKey }), {
    annotations: { 'dev.sigstore.bundle.predicateType': SLSA_V1 },
  });
}

describe('a statement that the right key signed does not count', () => {
  const PREDICATES: readonly string[] = [
    `${SLSA_V1} `,
    ` ${SLSA_V1}`,
    `${SLSA_V1}\n`,
    `${SLSA_V1}\u0000`,
    `${SLSA_V1}\u200b`,
    `${SLSA_V1}/`,
    `${SLSA_V1}#`,
    `${SLSA_V1}?x`,
    SLSA_V1.toUpperCase(),
    SLSA_V1.replace('slsa', 'sls\u0430'), // Cyrillic
    SLSA_V1.replace('https', 'http'),
    SLSA_V1.replace('.', '%2e'),
    SLSA_V1.replace('/v1', '/./v1'),
  ];
  it('of a predicate type that looks like the right one', async (t) => {
    const scene = await startScene(t);
    for (const predicateType of PREDICATES) {
      await pushPayload(scene, makeStatement({ subject: scene.image.descriptor.digest, predicateType }));
    }
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [rule], [key.trust]);
    const { rejected = [], state } = verdict.rules[0]?.cells[0] ?? {};
    assert.deepEqual(
      [state, rejected.length, rejectedStates(verdict)],
      ['fail', PREDICATES.length, ['wrong-predicate']],
    );
  });

  const about =
    (change: (hex: string) => Readonly<Record<string, string>>, name = 'app') =>
    (scene: Scene) => {
      const { digest } = scene.image.descriptor;
      return { ...makeStatement({ subject: digest }), subject: [{ name, digest: change(encodedOf(digest)) }] };
    };
  const other = encodedOf(digestOf('other'));
  const SUBJECTS: readonly (readonly [string, (scene: Scene) => object])[] = [
    ['in upper case', about((hex) => ({ sha256: hex.toUpperCase() }))],
    ['under the algorithm in upper case', about((hex) => ({ SHA256: hex }))],
    ['under a longer name of the algorithm', about((hex) => ({ 'sha256 ': hex, sha2_256: hex, 'sha-256': hex }))],
    ['with the algorithm once more', about((hex) => ({ sha256: `sha256:${hex}` }))],
    ['with white space', about((hex) => ({ sha256: ` ${hex}` }))],
    ['cut off', about((hex) => ({ sha256: hex.slice(0, 63) }))],
    ['under sha512, and another as sha256', about((hex) => ({ sha512: hex, sha256: other }))],
    ['in base64', about((hex) => ({ sha256: Buffer.from(hex, 'hex').toString('base64') }))],
    ['as the gitCommit', about((hex) => ({ gitCommit: hex }))],
  ];
  for (const [title, make] of SUBJECTS) {
    it(`that has the image's digest ${title}`, async (t) => {
      const scene = await startScene(t);
      await pushPayload(scene, make(scene));
      assert.deepEqual(await judgeScene(scene), ['fail', ['wrong-subject']]);
    });
  }

  it('that has the digest in its name, its annotations, or its predicate', async (t) => {
    const scene = await startScene(t);
    const { digest } = scene.image.descriptor;
    const statement = makeStatement({ subject: digestOf('other'), name: `ghcr.io/acme/app@${digest}` });
    const [subject] = statement.subject;
    await pushPayload(scene, {
      ...statement,
      subject: [{ ...subject, uri: `oci://acme/app@${digest}`, annotations: { sha256: encodedOf(digest) } }],
      predicate: makeStatement({ subject: digest }),
    });
    assert.deepEqual(await judgeScene(scene), ['fail', ['wrong-subject']]);
  });

  const PAYLOADS: readonly (readonly [string, (good: StatementJson) => string])[] = [
    ['two documents', (good) => JSON.stringify(good).repeat(2)],
    ['two lines of documents', (good) => `${JSON.stringify(good)}\n${JSON.stringify(good)}\n`],
    ['a list of statements', (good) => JSON.stringify([good])],
    ['a byte order mark', (good) => `\ufeff${JSON.stringify(good)}`],
    ['something behind the document', (good) => `${JSON.stringify(good)}\u0000`],
    ['comments', (good) => `/* */${JSON.stringify(good)}`],
    ['a text of a statement', (good) => JSON.stringify(JSON.stringify(good))],
    ['two subjects keys', (good) => JSON.stringify(good).replace('"predicateType"', '"subject":[],"predicateType"')],
    ['an escaped second key', (good) => JSON.stringify(good).replace('"_type"', '"_typ\\u0065":"x","_type"')],
    ['a list of predicate types', (good) => JSON.stringify({ ...good, predicateType: [SLSA_V1] })],
    ['a type with more behind', (good) => JSON.stringify({ ...good, _type: 'https://in-toto.io/Statement/v1/' })],
    ['a type between the versions', (good) => JSON.stringify({ ...good, _type: 'https://in-toto.io/Statement/v0.2' })],
    ['both types', (good) => JSON.stringify({ ...good, _type: ['https://in-toto.io/Statement/v1'] })],
    ['snake case', ({ predicateType, ...good }) => JSON.stringify({ ...good, predicate_type: predicateType })],
    ['subjects that are no list', (good) => JSON.stringify({ ...good, subject: good.subject[0] })],
    ['a subject beside one without a digest', (good) => JSON.stringify({ ...good, subject: [...good.subject, {}] })],
  ];
  for (const [title, make] of PAYLOADS) {
    it(`with ${title} in place of one proper document`, async (t) => {
      const scene = await startScene(t);
      await pushPayload(scene, make(makeStatement({ subject: scene.image.descriptor.digest })));
      assert.deepEqual(await judgeScene(scene), ['fail', ['invalid']]);
    });
  }

  it('and one of either version about this image among others, even twice, does', async (t) => {
    for (const type of ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']) {
      const scene = await startScene(t);
      const { digest } = scene.image.descriptor;
      await pushPayload(scene, makeStatement({ type, subject: [digestOf('a'), digest, digest, digestOf('b')] }));
      assert.deepEqual(await judgeScene(scene), ['pass', []]);
    }
  });
});

describe('an envelope with a signature of somebody else beside the right one', () => {
  for (const order of ['behind', 'before'] as const) {
    it(`${order} it does not count, in a bundle, as an envelope, and under a tag`, async (t) => {
      const scene = await startScene(t);
      const { target, image } = scene;
      const statement = Buffer.from(JSON.stringify(makeStatement({ subject: image.descriptor.digest })));
      const [right, foreign] = [privateKey, stranger.privateKey].map((one) => ({
        sig: signBytes(dsse.preAuthEncoding(IN_TOTO_TYPE, statement), one).toString('base64'),
      }));
      const signatures = order === 'behind' ? [right, foreign] : [foreign, right];
      const envelope = { payloadType: IN_TOTO_TYPE, payload: statement.toString('base64'), signatures };
      const good = await makeKeyBundle({ payload: statement, privateKey });
      await pushBundle(target, image.descriptor, bundleOf(good, { ...good.json, dsseEnvelope: envelope }));
      const content = JSON.stringify(envelope);
      await pushSampleReferrer(target, image.descriptor, { artifactType: DSSE_ENVELOPE, content });
      const layer = { payload: Buffer.from(content), mediaType: DSSE_ENVELOPE, annotations: {} };
      await pushCosignTag(target, image.descriptor.digest, 'att', [layer]);
      const { verdict } = await judge(scene.store, { tag: 'v1' }, [rule], [key.trust]);
      assert.deepEqual([verdict.verdict, rejectedStates(verdict)], ['fail', ['invalid']]);
      assert.equal(verdict.rules[0]?.cells[0]?.rejected.length, 3);
    });
  }

  it('does not count where nobody signed it at all, nor is it an unsigned statement', async (t) => {
    const scene = await startScene(t);
    const { target, image } = scene;
    const payload = Buffer.from(JSON.stringify(makeStatement({ subject: image.descriptor.digest }))).toString('base64');
    for (const signatures of [[], [{ sig: '' }], [{ keyid: 'x' }], undefined]) {
      const content = JSON.stringify({ payloadType: IN_TOTO_TYPE, payload, signatures });
      await pushSampleReferrer(target, image.descriptor, { artifactType: DSSE_ENVELOPE, content });
    }
    const unsigned = sampleRule({ signed: false });
    assert.deepEqual(await judgeScene(scene), ['fail', ['invalid']]);
    assert.deepEqual(await judgeScene(scene, [unsigned]), ['fail', ['invalid']]);
  });
});

describe('what says which key signed', () => {
  const hintOf = (fingerprint: string): string =>
    Buffer.from(encodedOf(fingerprint as `sha256:${string}`), 'hex').toString('base64');
  const withHint = (made: MadeBundle, hint: string): MadeBundle => {
    const material = made.json['verificationMaterial'] as object;
    return bundleOf(made, { ...made.json, verificationMaterial: { ...material, publicKey: { hint } } });
  };

  it('is nobody’s word: the id of the right key makes no other key right, and another id none wrong', async (t) => {
    const scene = await startScene(t);
    const { target, image } = scene;
    const statement = makeStatement({ subject: image.descriptor.digest });
    const forged = await makeKeyBundle({ statement, privateKey: stranger.privateKey });
    await pushBundle(target, image.descriptor, withHint(forged, hintOf(key.trust.fingerprint)));
    assert.deepEqual(await judgeScene(scene), ['fail', ['invalid']]);
    // rotated under an old id
    const honest = await makeKeyBundle({ statement, privateKey });
    await pushBundle(target, image.descriptor, withHint(honest, hintOf(stranger.trust.fingerprint)));
    assert.equal((await judgeScene(scene))[0], 'pass');
  });

  it('and a key under two names is one signer, whatever its signature is turned into', async (t) => {
    const scene = await startScene(t);
    const { target, image } = scene;
    const statement = makeStatement({ subject: image.descriptor.digest });
    const first = await makeKeyBundle({ statement, privateKey });
    const envelope = first.json['dsseEnvelope'] as { payload: string; signatures: { sig: string }[] };
    const sig = mirrored(Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64'));
    const preAuth = dsse.preAuthEncoding(IN_TOTO_TYPE, Buffer.from(envelope.payload, 'base64'));
    // the other signature of the same pair is right, too, and needs no key to make
    assert.ok(verifySignature('sha256', preAuth, createPublicKey(privateKey), sig));
    const second = { ...first.json, dsseEnvelope: { ...envelope, signatures: [{ sig: sig.toString('base64') }] } };
    await pushBundle(target, image.descriptor, first);
    await pushBundle(target, image.descriptor, bundleOf(first, second));
    const copy = { ...key.trust, name: 'copy-of-the-key' };
    const signedBy = { ...signedByKeys(key.trust, copy), atLeast: 2 };
    const { verdict } = await judge(scene.store, { tag: 'v1' }, [sampleRule({ signedBy })], [key.trust, copy]);
    assert.deepEqual(cellsOf(verdict), ['image: fail']);
    assert.match(verdict.rules[0]?.cells[0]?.reason ?? '', /^1 of 2 signers/);
  });
});

function bundleOf(made: MadeBundle, json: object): MadeBundle {
  return { ...made, bytes: Buffer.from(JSON.stringify(json)) };
}

/** Order of P-256 (SEC 2, §2.4.2). */
const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

/** An ECDSA signature (r, s) in DER -> (r, n - s), which verifies as well. */
function mirrored(der: Buffer): Buffer {
  const length = der[3] ?? 0;
  const r = der.subarray(4, 4 + length);
  const s = ORDER - BigInt(`0x${der.subarray(6 + length).toString('hex')}`);
  const digits = s.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes = Buffer.from(Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex, 'hex');
  const body = Buffer.concat([Buffer.from([2, r.length]), r, Buffer.from([2, bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}
