import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { EMPTY_DESCRIPTOR } from '../../src/oci/artifact-manifest.ts';
import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { parseManifest, plainDescriptorOf } from '../../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { cellsOf, judge, makeTrustedKey, rejectedStates, sampleRule, signedByKeys } from '../support/judging.ts';
import { pushFallbackList, startListing } from '../support/listing.ts';
import { pushSampleImage, pushSampleManifest, pushSampleReferrer, type SampleTarget } from '../support/sample-image.ts';
import { makeKeyBundle, makeMessageBundle } from '../support/sigstore/make-bundle.ts';
import { makeStatement, SLSA_V1 } from '../support/sigstore/make-statement.ts';
import { pushBundle } from '../support/sigstore/push-signed.ts';
import { verify } from '../support/verify-run.ts';
import { wrapStore } from '../support/wrap-store.ts';

const key = makeTrustedKey();
const signedBy = signedByKeys(key.trust);
const provenance = sampleRule({ signedBy });
const SPDX = 'application/spdx+json';
const SBOM = JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages: [{ name: 'zlib' }] });
const MIB = 1024 * 1024;
const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };

/** Attaches provenance to a manifest; `about` is what the signed statement names instead of it. */
async function attest(target: SampleTarget, on: Parameters<typeof pushBundle>[1], about = on.digest): Promise<void> {
  const statement = makeStatement({ subject: about });
  await pushBundle(target, on, await makeKeyBundle({ statement, privateKey: key.privateKey }));
}

function pushIndex(target: SampleTarget, manifests: readonly object[]) {
  return pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests }, { tag: 'x' });
}

describe('somebody who can push to the repository', () => {
  it('hides no platform from the gate by marking it as an attestation', async (t) => {
    const { store, target } = await startListing(t);
    const good = await pushSampleImage(target, { name: 'good', platform: ARM64 });
    const evil = await pushSampleImage(target, { name: 'evil', platform: AMD64 });
    await attest(target, good.descriptor);
    const mark = {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': good.descriptor.digest,
    };
    for (const platform of [AMD64, undefined]) {
      const entry = { ...evil.descriptor, ...(platform && { platform }), annotations: mark };
      await pushIndex(target, [{ ...good.descriptor, platform: ARM64 }, entry]);
      const rules = [sampleRule({ on: 'each-platform', signedBy })];
      const { verdict } = await judge(store, { tag: 'x' }, rules, [key.trust]);
      const [, arm64, amd64] = cellsOf(verdict);
      assert.deepEqual([verdict.verdict, arm64, amd64?.endsWith(': fail')], ['fail', 'linux/arm64: pass', true]);
    }
  });

  it('adds no platform behind one of the same name, and one manifest may stand for two', async (t) => {
    const { store, target } = await startListing(t);
    const good = await pushSampleImage(target, { name: 'good' });
    const evil = await pushSampleImage(target, { name: 'evil' });
    await attest(target, good.descriptor);
    const twice = [ARM64, AMD64].map((platform) => ({ ...good.descriptor, platform }));
    const rules = [sampleRule({ on: 'each-platform', signedBy })];
    await pushIndex(target, twice);
    assert.equal((await judge(store, { tag: 'x' }, rules, [key.trust])).verdict.verdict, 'pass');
    await pushIndex(target, [...twice, { ...evil.descriptor, platform: AMD64 }]);
    assert.equal((await judge(store, { tag: 'x' }, rules, [key.trust])).verdict.verdict, 'fail');
  });

  it('adds no manifest without a platform beside the one that a policy names: some clients would run it', async (t) => {
    const { store, target } = await startListing(t);
    const good = await pushSampleImage(target, { name: 'good' });
    const evil = await pushSampleImage(target, { name: 'evil' });
    await attest(target, good.descriptor);
    const rules = [sampleRule({ on: 'each-platform', platforms: [AMD64], signedBy })];
    const named = { ...good.descriptor, platform: AMD64 };
    await pushIndex(target, [named, { ...evil.descriptor, platform: ARM64 }]);
    assert.equal((await judge(store, { tag: 'x' }, rules, [key.trust])).verdict.verdict, 'pass');
    await pushIndex(target, [evil.descriptor, named]);
    const { verdict } = await judge(store, { tag: 'x' }, rules, [key.trust]);
    const column = `no platform ${evil.descriptor.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
    assert.deepEqual(
      [verdict.verdict, cellsOf(verdict)],
      ['fail', ['index: not-applicable', `${column}: fail`, 'linux/amd64: pass']],
    );
  });

  it('moves no signed SBOM from another image here, whatever lists it', async (t) => {
    const { store, target } = await startListing(t);
    const image = await pushSampleImage(target, { name: 'image', tag: 'x' });
    const other = await pushSampleImage(target, { name: 'other' });
    const options = { artifactType: SPDX, content: SBOM };
    const [own, foreign] = await Promise.all([
      pushSampleReferrer(target, image.descriptor, options),
      pushSampleReferrer(target, other.descriptor, options),
    ]);
    const rules = [sampleRule({ wanted: { kind: 'artifact-type', types: [SPDX] }, signedBy })];
    const verdictNow = async (): Promise<string> =>
      (await judge(store, { tag: 'x' }, rules, [key.trust])).verdict.verdict;
    await attest(target, foreign.descriptor);
    assert.equal(await verdictNow(), 'fail');
    // the signature of the other artifact, attached to this one; then the other artifact in this image's list
    await attest(target, own.descriptor, foreign.descriptor.digest);
    assert.equal(await verdictNow(), 'fail');
    await pushFallbackList(target, image.descriptor, [foreign.descriptor]);
    assert.equal(await verdictNow(), 'fail');
    await attest(target, own.descriptor);
    assert.equal(await verdictNow(), 'pass');
  });

  it('writes no digest of this image beside a signature over the bytes of another', async (t) => {
    const { store, target } = await startListing(t);
    const image = await pushSampleImage(target, { name: 'image', tag: 'x' });
    const other = await pushSampleImage(target, { name: 'other' });
    const rules = [sampleRule({ wanted: { kind: 'any-signature' }, signedBy })];
    const made = await makeMessageBundle(undefined, { privateKey: key.privateKey, artifact: other.bytes });
    const named = Buffer.from(image.descriptor.digest.slice('sha256:'.length), 'hex').toString('base64');
    const ofOther = digestOf(other.bytes).slice('sha256:'.length);
    const text = Buffer.from(made.bytes).toString().replace(Buffer.from(ofOther, 'hex').toString('base64'), named);
    for (const bytes of [made.bytes, Buffer.from(text)]) {
      await pushBundle(target, image.descriptor, { ...made, bytes });
      const { verdict } = await judge(store, { tag: 'x' }, rules, [key.trust]);
      assert.equal(verdict.verdict, 'fail');
      assert.ok(rejectedStates(verdict).includes(bytes === made.bytes ? 'wrong-subject' : 'invalid'));
    }
  });
});

describe('what a list says of evidence', () => {
  it('hides none that is labelled as something else, and makes nothing count that is', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'x' });
    const labelled = async (predicateType: string, label: string): Promise<void> => {
      const statement = makeStatement({ subject: descriptor.digest, predicateType });
      const annotations = { 'dev.sigstore.bundle.predicateType': label };
      const made = await makeKeyBundle({ statement, privateKey: key.privateKey });
      await pushBundle(target, descriptor, made, { annotations });
    };
    await labelled('https://example.com/other/v1', SLSA_V1);
    const before = await judge(store, { tag: 'x' }, [provenance], [key.trust]);
    assert.deepEqual([before.verdict.verdict, rejectedStates(before.verdict)], ['fail', ['wrong-predicate']]);
    await labelled(SLSA_V1, 'https://example.com/other/v1');
    assert.equal((await judge(store, { tag: 'x' }, [provenance], [key.trust])).verdict.verdict, 'pass');
  });
});

describe('a tag that moves while it is judged', () => {
  it('is read once: evidence, platforms and the digest to use downstream are of the same image', async (t) => {
    const { store, target } = await startListing(t);
    const before = await pushSampleImage(target, { tag: 'x', name: 'before' });
    const after = await pushSampleImage(target, { name: 'after' });
    await attest(target, after.descriptor);
    let reads = 0;
    const moving = wrapStore(store, {
      findManifest: async (of, options) => {
        const found = await store.findManifest(of, options);
        if (typeof of === 'string' || of.tag !== 'x') return found;
        reads++;
        await pushSampleImage(target, { tag: 'x', name: 'after' });
        return found;
      },
    });
    const first = await judge(moving, { tag: 'x' }, [provenance], [key.trust]);
    assert.deepEqual([first.verdict.verdict, first.verdict.image.digest], ['fail', before.descriptor.digest]);
    assert.equal(reads, 1);
    const second = await judge(moving, { tag: 'x' }, [provenance], [key.trust]);
    assert.deepEqual([second.verdict.verdict, second.verdict.image.digest], ['pass', after.descriptor.digest]);
  });
});

describe('a few large files beside good evidence', () => {
  it('use up what an image may have, and leave room for a bundle', async (t) => {
    const { store, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: 'x' });
    await attest(target, descriptor);
    // as large as one may be, then every size that still fits in
    const sizes = [
      ...Array.from({ length: 6 }, () => 40 * MIB),
      ...Array.from({ length: 17 }, (_, i) => 2 ** (25 - i)),
    ];
    const junk = sizes.map((size, at) => parseManifest(junkManifest(descriptor, at, size), { what: `junk ${at}` }));
    const crowded = wrapStore(store, {
      listReferrers: async (subject, options) => {
        const answer = await store.listReferrers(subject, options);
        if (!answer.supported) return answer;
        return { ...answer, descriptors: [...junk.map(plainDescriptorOf), ...answer.descriptors] };
      },
      findManifest: async (of, options) => {
        const manifest = junk.find(({ digest }) => digest === of);
        if (manifest !== undefined) return { manifest };
        const found = await store.findManifest(of, options);
        await setImmediate(); // what is in memory is all examined before what a registry answers
        return found;
      },
    });
    const { verdict } = await judge(crowded, { tag: 'x' }, [provenance], [key.trust]);
    assert.equal(verdict.verdict, 'pass', verdict.rules[0]?.cells[0]?.reason);
    const unread = verdict.rules[0]?.cells[0]?.rejected.filter(({ reason }) => reason.includes('bytes in all')) ?? [];
    assert.ok(unread.length > 0, `${unread.length} were too much`);
  });
});

function junkManifest(subject: Descriptor, at: number, size: number): Uint8Array {
  const { mediaType, digest } = subject;
  const layer = { mediaType: 'application/octet-stream', digest: digestOf(`junk ${at}`), size };
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      config: EMPTY_DESCRIPTOR,
      layers: [layer],
      subject: { mediaType, digest, size: subject.size },
    }),
  );
}

describe('an image that is named by SHA-512', () => {
  it('takes statements about that digest, and none about the SHA-256 of the same bytes', async (t) => {
    const { store, target } = await startListing(t);
    const { bytes } = await pushSampleImage(target);
    const manifest = JSON.parse(Buffer.from(bytes).toString()) as { mediaType: string };
    const { descriptor } = await pushSampleManifest(target, manifest, { algorithm: 'sha512' });
    await attest(target, descriptor, digestOf(bytes));
    const before = await judge(store, descriptor.digest, [provenance], [key.trust]);
    assert.deepEqual([before.verdict.verdict, rejectedStates(before.verdict)], ['fail', ['wrong-subject']]);
    await attest(target, descriptor);
    const after = await judge(store, descriptor.digest, [provenance], [key.trust]);
    assert.equal(after.verdict.verdict, 'pass');
  });
});

describe('a run over several images', () => {
  it('keeps the evidence of one repository out of another that has the same image', async (t) => {
    const { registry } = await startListing(t);
    const [signed, bare] = ['acme/a', 'acme/b'].map((repository) => ({ host: registry.host, repository }));
    assert.ok(signed && bare);
    const { descriptor } = await pushSampleImage(signed, { tag: '1' });
    await pushSampleImage(bare, { tag: '1' });
    await attest(signed, descriptor);
    const pem = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
    const image = `${registry.host}/acme/a:1\n${registry.host}/acme/b:1`;
    const run = await verify({ image, require: SLSA_V1, key: pem });
    assert.deepEqual(
      run.images.map(({ verdict }) => verdict?.verdict),
      ['pass', 'fail'],
    );
  });

  it('judges the digest where a tag stands beside it, wherever the tag leads', async (t) => {
    const { registry, target } = await startListing(t);
    const { descriptor } = await pushSampleImage(target, { tag: '1' });
    const other = await pushSampleImage(target, { name: 'other' });
    await attest(target, descriptor);
    const pem = key.trust.key.export({ type: 'spki', format: 'pem' }).toString();
    const run = await verify({
      image: `${registry.host}/acme/app:1@${other.descriptor.digest}`,
      require: SLSA_V1,
      key: pem,
    });
    assert.deepEqual([run.verdict, run.images[0]?.verdict?.image.digest], ['fail', other.descriptor.digest]);
  });
});
