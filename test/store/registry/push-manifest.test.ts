import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../../src/embedded/quirks.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';
import { RegistryError } from '../../../src/oci/registry-error.ts';
import { startListing } from '../../support/listing.ts';
import { absentDescriptor, pushSampleImage, pushSampleReferrer } from '../../support/sample-image.ts';

const BYTES = new TextEncoder().encode(`{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`);
const DIGEST = digestOf(BYTES);
const REQUEST = { bytes: BYTES, mediaType: OCI_INDEX, target: DIGEST } as const;

describe('RegistryStore.pushManifest', () => {
  it('pushes the exact bytes, by digest and by tag', async (t) => {
    const { registry, store } = await startListing(t);
    assert.deepEqual(await store.pushManifest(REQUEST), { digest: DIGEST });
    assert.deepEqual(await store.pushManifest({ ...REQUEST, target: { tag: 'v1' } }), { digest: DIGEST });
    assert.deepEqual(await registry.tagsOf('acme/app'), ['v1']);
    assert.deepEqual(Buffer.from((await store.findManifest({ tag: 'v1' }))?.manifest.bytes ?? []), Buffer.from(BYTES));
    assert.deepEqual(
      new Set(registry.log.map((entry) => entry.headers['content-type'])),
      new Set([OCI_INDEX, undefined]),
    );
  });

  it('gives what OCI-Subject says, be it right or not', async (t) => {
    const { registry, target, store } = await startListing(t);
    const image = await pushSampleImage(target);
    const { bytes, descriptor } = await pushSampleReferrer(target, image.descriptor);
    const push = async (ociSubject?: Quirks['ociSubject']): Promise<string | undefined> => {
      registry.quirks.ociSubject = ociSubject;
      const { mediaType, digest } = descriptor;
      return (await store.pushManifest({ bytes, mediaType, target: digest })).ociSubject;
    };
    assert.equal(await push(), image.descriptor.digest);
    assert.equal(await push('sha256:other'), 'sha256:other');
    assert.equal(await push(''), undefined);
    assert.equal(await push(false), undefined);
  });

  for (const manifestPutStatus of [200, 202] as const) {
    it(`takes ${manifestPutStatus} for pushed`, async (t) => {
      const { store } = await startListing(t, { manifestPutStatus });
      assert.deepEqual(await store.pushManifest(REQUEST), { digest: DIGEST });
    });
  }

  it('does not take another Docker-Content-Digest for pushed', async (t) => {
    const { registry, store } = await startListing(t);
    registry.quirks.contentDigest = digestOf('other bytes');
    await assert.rejects(store.pushManifest(REQUEST), { code: 'digest-mismatch' });
    registry.quirks.contentDigest = digestOf(BYTES, 'sha512');
    assert.deepEqual(await store.pushManifest(REQUEST), { digest: DIGEST });
    registry.quirks.contentDigest = false;
    assert.deepEqual(await store.pushManifest(REQUEST), { digest: DIGEST });
  });

  it('sends conditions, and tells that one did not hold', async (t) => {
    const { registry, store } = await startListing(t);
    const request = { ...REQUEST, target: { tag: 'v1' } };
    await store.pushManifest({ ...request, precondition: 'none' });
    assert.equal(registry.log.at(-1)?.headers['if-none-match'], '*');
    await assert.rejects(store.pushManifest({ ...request, precondition: 'none' }), { code: 'precondition-failed' });
    await store.pushManifest({ ...request, precondition: { match: `"${DIGEST}"` } });
    await assert.rejects(store.pushManifest({ ...request, precondition: { match: '"other"' } }), {
      code: 'precondition-failed',
    });
    assert.equal(registry.log.at(-1)?.headers['if-match'], '"other"');
  });

  it('repeats a push by digest after a 503, and never one by tag', async (t) => {
    const { registry, store } = await startListing(t, {}, { http: { retries: 2 } });
    registry.quirks.failure = { status: 503, times: 1 };
    await store.pushManifest(REQUEST);
    assert.equal(registry.log.length, 2);
    registry.clearLog();
    registry.quirks.failure = { status: 503, times: 1 };
    await assert.rejects(store.pushManifest({ ...REQUEST, target: { tag: 'v1' } }), { code: 'server-error' });
    assert.equal(registry.log.length, 1);
  });

  const REFUSED: readonly [title: string, quirks: Quirks, code: string][] = [
    ['a tag that cannot change, as Harbor says it', { immutableTags: 412 }, 'tag-immutable'],
    ['a tag that cannot change, as others say it', { immutableTags: 400 }, 'tag-immutable'],
    ['a manifest that is too large', { maxManifestBytes: 10 }, 'manifest-too-large'],
    [
      'a manifest that is too large, as distribution says it',
      { maxManifestBytes: 10, manifestTooLargeIs400: true },
      'manifest-too-large',
    ],
    ['writes at all (405)', { readOnly: 405 }, 'read-only'],
    ['writes at all (403)', { readOnly: 403 }, 'denied'],
  ];
  for (const [title, quirks, code] of REFUSED) {
    it(`says that the registry refuses ${title}`, async (t) => {
      const { registry, store } = await startListing(t);
      await store.pushManifest({ ...REQUEST, target: { tag: 'v1' } });
      Object.assign(registry.quirks, quirks);
      const other = new TextEncoder().encode(`${new TextDecoder().decode(BYTES)} `);
      await assert.rejects(store.pushManifest({ ...REQUEST, bytes: other, target: { tag: 'v1' } }), (error) => {
        assert.ok(error instanceof RegistryError);
        assert.equal(error.code, code);
        assert.ok(error.hint !== undefined && error.message.includes('/acme/app:v1'));
        return true;
      });
    });
  }

  it('explains a subject that has to be there first', async (t) => {
    const { target, store } = await startListing(t);
    const { bytes, descriptor } = await pushSampleReferrer(target, absentDescriptor('subject'));
    const strict = await startListing(t, { subjectMustExist: true });
    await pushSampleReferrer(strict.target, (await pushSampleImage(strict.target)).descriptor);
    const push = { bytes, mediaType: descriptor.mediaType, target: descriptor.digest };
    await store.pushManifest(push);
    await assert.rejects(strict.store.pushManifest(push), (error) => {
      assert.ok(error instanceof CodedError);
      assert.equal(error.code, 'manifest-blob-unknown');
      assert.match(error.hint ?? '', /push it before attaching/);
      return true;
    });
  });
});

describe('RegistryStore.deleteManifest', () => {
  it('says whether there was something to delete', async (t) => {
    const { store } = await startListing(t);
    await store.pushManifest(REQUEST);
    assert.equal(await store.deleteManifest(DIGEST), true);
    assert.equal(await store.findManifest(DIGEST), undefined);
    assert.equal(await store.deleteManifest(DIGEST), false);
  });

  for (const deleteDisabled of [400, 405] as const) {
    it(`says that deleting is refused (${deleteDisabled})`, async (t) => {
      const { store } = await startListing(t, { deleteDisabled });
      await store.pushManifest(REQUEST);
      await assert.rejects(store.deleteManifest(DIGEST), { code: 'delete-refused' });
    });
  }

  it('does not call a failure a refusal', async (t) => {
    const { registry, store } = await startListing(t);
    await store.pushManifest(REQUEST);
    registry.quirks.failure = { status: 500 };
    await assert.rejects(store.deleteManifest(DIGEST), { code: 'server-error' });
    registry.quirks.failure = { status: 429 };
    await assert.rejects(store.deleteManifest(DIGEST), { code: 'rate-limited' });
  });
});
