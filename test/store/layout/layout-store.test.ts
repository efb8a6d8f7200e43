import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../../src/oci/descriptor.ts';
import { type Digest, digestOf, encodedOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { buildReferrersTag } from '../../../src/oci/referrers-tag.ts';
import { DiskBackend } from '../../../src/store/layout/disk-backend.ts';
import { Layout } from '../../../src/store/layout/layout.ts';
import { LayoutStore } from '../../../src/store/layout/layout-store.ts';
import { MemoryBackend } from '../../../src/store/layout/memory-backend.ts';
import { createLayout } from '../../../src/store/layout/open-layout.ts';
import type { BlobSource, PushManifestResult, Store } from '../../../src/store/store.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { type ArtifactParts, artifactBytes } from './fixtures/artifact-bytes.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const blobOf = (bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): BlobSource => ({
  digest: digestOf(bytes, algorithm),
  size: bytes.byteLength,
  open: async function* () {
    for (let at = 0; at < bytes.byteLength; at += 3) yield bytes.subarray(at, at + 3);
  },
});
const descriptorFor = (bytes: Uint8Array, mediaType = OCI_MANIFEST): Descriptor => ({
  mediaType,
  digest: digestOf(bytes),
  size: bytes.byteLength,
});

async function push(store: Store, parts: ArtifactParts, tag?: string): Promise<PushManifestResult> {
  const bytes = artifactBytes(parts);
  return store.pushManifest({
    bytes,
    mediaType: OCI_MANIFEST,
    target: tag === undefined ? digestOf(bytes) : { tag },
  });
}

async function referrersOf(store: Store, subject: Digest, artifactType?: string): Promise<readonly Descriptor[]> {
  const answer = await store.listReferrers(subject, { artifactType });
  assert.ok(answer.supported);
  return answer.descriptors;
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

interface Place {
  readonly layout: Layout;
  [Symbol.asyncDispose](): Promise<void>;
}

const places: [string, () => Promise<Place>][] = [
  [
    'in memory',
    async () => ({ layout: new Layout(new MemoryBackend()), [Symbol.asyncDispose]: async () => undefined }),
  ],
  [
    'on disk',
    async () => {
      const dir = await makeTempDir();
      await createLayout(dir.path);
      return { layout: new Layout(new DiskBackend(dir.path)), [Symbol.asyncDispose]: dir.remove };
    },
  ],
];

for (const [where, open] of places) {
  describe(`a layout store ${where}`, () => {
    it('finds what was pushed by tag and by digest, with its bytes', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const bytes = artifactBytes({ name: 'one' });
      const { digest } = await push(store, { name: 'one' }, 'v1');
      assert.equal(digest, digestOf(bytes));
      for (const target of [digest, { tag: 'v1' }]) {
        const found = await store.findManifest(target);
        assert.deepEqual(Buffer.from(found?.manifest.bytes ?? []), Buffer.from(bytes));
        assert.equal(found?.etag, `"${digest}"`);
      }
      assert.equal(await store.findManifest({ tag: 'v2' }), undefined);
      assert.equal(await store.findManifest(digestOf('other')), undefined);
    });

    it('does not take a plain blob for a manifest', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const bytes = artifactBytes({ name: 'only a blob' });
      await store.pushBlob(blobOf(bytes));
      assert.equal(await store.findManifest(digestOf(bytes)), undefined);
    });

    it('finds the manifests that an index names, and not those that it only names', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const child = artifactBytes({ name: 'child' });
      await store.pushBlob(blobOf(child));
      const absent = descriptorFor(artifactBytes({ name: 'absent' }));
      const index = text(
        JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [descriptorFor(child), absent] }),
      );
      await store.pushManifest({ bytes: index, mediaType: OCI_INDEX, target: { tag: 'v1' } });
      assert.equal((await store.findManifest(digestOf(child)))?.manifest.digest, digestOf(child));
      assert.equal(await store.findManifest(absent.digest), undefined);
    });

    it('keeps sha512 manifests and blobs', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const bytes = artifactBytes({ name: 'long' });
      const digest = digestOf(bytes, 'sha512');
      const pushed = await store.pushManifest({ bytes, mediaType: OCI_MANIFEST, target: digest });
      assert.equal(pushed.digest, digest);
      assert.equal((await store.findManifest(digest))?.manifest.digest, digest);
      assert.deepEqual(await store.pushBlob(blobOf(text('blob'), 'sha512')), { written: true });
    });

    it('refuses a manifest under a digest that is not its own, and stores nothing', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const wrong = digestOf('wrong');
      const request = { bytes: artifactBytes({ name: 'x' }), mediaType: OCI_MANIFEST, target: wrong };
      await assert.rejects(store.pushManifest(request), { code: 'digest-mismatch' });
      await assert.rejects(store.pushManifest({ ...request, target: { tag: 't' }, mediaType: OCI_INDEX }), {
        code: 'manifest-invalid',
      });
      assert.deepEqual(await place.layout.tags(), []);
      assert.equal(await place.layout.backend.blobSize(wrong), undefined);
    });

    it('honours preconditions', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const put = (name: string, precondition: { match: string } | 'none'): Promise<PushManifestResult> =>
        store.pushManifest({
          bytes: artifactBytes({ name }),
          mediaType: OCI_MANIFEST,
          target: { tag: 'v1' },
          precondition,
        });
      await assert.rejects(put('a', { match: '"sha256:0"' }), { code: 'precondition-failed' });
      const first = await put('a', 'none');
      await assert.rejects(put('b', 'none'), { code: 'precondition-failed' });
      await put('b', { match: `"${first.digest}"` });
      await assert.rejects(put('c', { match: `"${first.digest}"` }), { code: 'precondition-failed' });
      assert.equal((await store.findManifest({ tag: 'v1' }))?.manifest.digest, digestOf(artifactBytes({ name: 'b' })));
    });

    it('lists referrers with type and annotations from their bytes, filtered where asked', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const subject = descriptorFor(artifactBytes({ name: 'subject' }));
      const first = await push(store, { name: 'first', subject, artifactType: 'a/one' });
      const second = await push(store, { name: 'second', subject, artifactType: 'a/two' });
      await push(store, { name: 'other', subject: descriptorFor(text('another subject')) });
      assert.equal(first.ociSubject, subject.digest);
      const listed = await referrersOf(store, subject.digest);
      assert.deepEqual(
        listed.map(({ digest, artifactType, annotations }) => [digest, artifactType, annotations?.['name']]),
        [
          [first.digest, 'a/one', 'first'],
          [second.digest, 'a/two', 'second'],
        ],
      );
      assert.deepEqual(
        (await referrersOf(store, subject.digest, 'a/two')).map(({ digest }) => digest),
        [second.digest],
      );
      assert.deepEqual(await referrersOf(store, digestOf('nothing')), []);
    });

    it('lists a referrer that only an index names, once', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const subject = descriptorFor(artifactBytes({ name: 'subject' }));
      const referrer = artifactBytes({ name: 'nested', subject });
      await store.pushBlob(blobOf(referrer));
      const index = {
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests: [descriptorFor(referrer), descriptorFor(referrer)],
      };
      await store.pushManifest({ bytes: text(JSON.stringify(index)), mediaType: OCI_INDEX, target: { tag: 'a' } });
      await store.pushManifest({
        bytes: text(JSON.stringify({ ...index, annotations: { second: 'index' } })),
        mediaType: OCI_INDEX,
        target: { tag: 'b' },
      });
      assert.deepEqual(
        (await referrersOf(store, subject.digest)).map(({ digest }) => digest),
        [digestOf(referrer)],
      );
    });

    it('lists a referrer whose bytes come later than the entry that names it', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const subject = descriptorFor(text('subject'));
      const referrer = artifactBytes({ name: 'late', subject });
      const index = text(JSON.stringify({ mediaType: OCI_INDEX, manifests: [descriptorFor(referrer)] }));
      await store.pushManifest({ bytes: index, mediaType: OCI_INDEX, target: { tag: 'v1' } });
      assert.deepEqual(await referrersOf(store, subject.digest), []);
      await store.pushBlob(blobOf(referrer));
      assert.equal((await referrersOf(store, subject.digest))[0]?.digest, digestOf(referrer));
    });

    it('passes over an entry of a type that it does not know and that is no JSON', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const tarball = text('not JSON at all');
      await store.pushBlob(blobOf(tarball));
      const manifests = [descriptorFor(tarball, 'application/vnd.example.tar')];
      const index = text(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
      await store.pushManifest({ bytes: index, mediaType: OCI_INDEX, target: { tag: 'v1' } });
      const subject = descriptorFor(text('subject'), DOCKER_MANIFEST);
      const { digest } = await push(store, { name: 'r', subject });
      assert.deepEqual(
        (await referrersOf(store, subject.digest)).map((each) => each.digest),
        [digest],
      );
    });

    it('removes a manifest with its tags and bytes, and says whether it was there', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const subject = descriptorFor(text('subject'));
      const { digest } = await push(store, { name: 'gone', subject }, 'v1');
      assert.equal(await store.deleteManifest(digest), true);
      assert.equal(await store.findManifest({ tag: 'v1' }), undefined);
      assert.equal(await store.findManifest(digest), undefined);
      assert.deepEqual(await referrersOf(store, subject.digest), []);
      assert.equal(await store.deleteManifest(digest), false);
    });

    it('takes a blob once, counts its progress, and gives it back', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const bytes = text('0123456789');
      const blob = blobOf(bytes);
      const progress: number[] = [];
      const options = { onProgress: (sent: number) => progress.push(sent) };
      assert.deepEqual(await store.pushBlob(blob, options), { written: true });
      assert.deepEqual(progress, [3, 6, 9, 10]);
      assert.deepEqual(await store.pushBlob(blob), { written: false });
      const descriptor = { mediaType: 'application/octet-stream', digest: blob.digest, size: blob.size };
      assert.deepEqual(await readAll(store.openBlob(descriptor)), Buffer.from(bytes));
    });

    it('refuses a blob of other bytes or another size, and keeps nothing of it', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const blob = blobOf(text('0123456789'));
      await assert.rejects(store.pushBlob({ ...blob, digest: digestOf('other') }), { code: 'digest-mismatch' });
      await assert.rejects(store.pushBlob({ ...blob, size: 11 }), { code: 'digest-mismatch' });
      assert.equal(await place.layout.backend.blobSize(blob.digest), undefined);
    });

    it('writes no byte of a blob when what it waits for fails', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const blob = blobOf(text('waiting'));
      const proceed = Promise.reject(new RangeError('no'));
      await assert.rejects(store.pushBlob(blob, { proceed }), RangeError);
      assert.equal(await place.layout.backend.blobSize(blob.digest), undefined);
    });

    it('says blob-unknown for a blob that is not there, and digest-mismatch for another size', async () => {
      await using place = await open();
      const store = new LayoutStore(place.layout, { fallbackTag: false });
      const blob = blobOf(text('there'));
      await store.pushBlob(blob);
      const descriptor = { mediaType: 'a/b', digest: blob.digest, size: 4 };
      await assert.rejects(readAll(store.openBlob(descriptor)), { code: 'digest-mismatch' });
      await assert.rejects(readAll(store.openBlob({ ...descriptor, size: 6 })), { code: 'digest-mismatch' });
      await assert.rejects(readAll(store.openBlob({ ...descriptor, digest: digestOf('x') })), { code: 'blob-unknown' });
    });

    describe('with the referrers tag', () => {
      const subject = descriptorFor(text('subject'));
      const tag = buildReferrersTag(subject.digest);

      it('keeps an index of the referrers under the tag, as regclient reads it', async () => {
        await using place = await open();
        const store = new LayoutStore(place.layout, { fallbackTag: true });
        const first = await push(store, { name: 'first', subject });
        const second = await push(store, { name: 'second', subject, artifactType: 'a/two' });
        await push(store, { name: 'second', subject, artifactType: 'a/two' });
        const index = (await store.findManifest({ tag }))?.manifest;
        assert.equal(index?.mediaType, OCI_INDEX);
        assert.ok(index.kind === 'index');
        assert.deepEqual(
          index.manifests.map(({ digest, artifactType, annotations }) => [digest, artifactType, annotations]),
          [
            [first.digest, 'application/vnd.example.report.v1+json', { name: 'first' }],
            [second.digest, 'a/two', { name: 'second' }],
          ],
        );
        // an index that was replaced does not stay behind in index.json
        assert.equal((await place.layout.backend.readIndex()).entries.length, 3);
      });

      it('loses nothing when many are pushed at once', async () => {
        await using place = await open();
        const store = new LayoutStore(place.layout, { fallbackTag: true });
        await Promise.all(Array.from({ length: 16 }, (_, i) => push(store, { name: `n${i}`, subject })));
        const index = (await store.findManifest({ tag }))?.manifest;
        assert.equal(index?.kind === 'index' && index.manifests.length, 16);
      });

      it('keeps what it does not know of an index that is there', async () => {
        await using place = await open();
        const store = new LayoutStore(place.layout, { fallbackTag: true });
        const stranger = { ...descriptorFor(text('dangling')), 'x-field': 1 };
        const bytes = text(
          JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, 'x-top': [1], manifests: [stranger] }),
        );
        await store.pushManifest({ bytes, mediaType: OCI_INDEX, target: { tag } });
        await push(store, { name: 'first', subject });
        const found = await store.findManifest({ tag });
        const document = JSON.parse(Buffer.from(found?.manifest.bytes ?? []).toString());
        assert.deepEqual(document['x-top'], [1]);
        assert.deepEqual(document.manifests[0], stranger);
        assert.equal(document.manifests.length, 2);
      });

      it('leaves what is no index under the tag alone and says so', async () => {
        await using place = await open();
        const store = new LayoutStore(place.layout, { fallbackTag: true });
        const { digest } = await push(store, { name: 'not an index' }, tag);
        await assert.rejects(push(store, { name: 'first', subject }), { code: 'fallback-index-invalid' });
        assert.equal((await store.findManifest({ tag }))?.manifest.digest, digest);
      });

      it('takes a deleted referrer out of the index, and the tag away with the last one', async () => {
        await using place = await open();
        const store = new LayoutStore(place.layout, { fallbackTag: true });
        const first = await push(store, { name: 'first', subject });
        const second = await push(store, { name: 'second', subject });
        await store.deleteManifest(first.digest);
        const index = (await store.findManifest({ tag }))?.manifest;
        assert.deepEqual(index?.kind === 'index' && index.manifests.map(({ digest }) => digest), [second.digest]);
        await store.deleteManifest(second.digest);
        assert.equal(await store.findManifest({ tag }), undefined);
        assert.deepEqual((await place.layout.backend.readIndex()).entries, []);
      });
    });
  });
}

describe('a layout store over bytes that are wrong on disk', () => {
  it('refuses a manifest and a blob with one byte changed', async () => {
    await using dir = await makeTempDir();
    await createLayout(dir.path);
    const store = new LayoutStore(new Layout(new DiskBackend(dir.path)), { fallbackTag: false });
    const { digest } = await push(store, { name: 'x' }, 'v1');
    const path = join(dir.path, 'blobs', 'sha256', encodedOf(digest));
    const bytes = await readFile(path);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await assert.rejects(store.findManifest({ tag: 'v1' }), { code: 'digest-mismatch' });
    const descriptor = { mediaType: OCI_MANIFEST, digest, size: bytes.byteLength };
    await assert.rejects(readAll(store.openBlob(descriptor)), { code: 'digest-mismatch' });
    await assert.rejects(store.listReferrers(digestOf('subject')), { code: 'digest-mismatch' });
  });

  it('lists from a layout with entries whose blobs are elsewhere', async () => {
    await using dir = await makeTempDir();
    await createLayout(dir.path);
    const manifests = [descriptorFor(text('elsewhere'))];
    await writeFile(join(dir.path, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    const store = new LayoutStore(new Layout(new DiskBackend(dir.path)), { fallbackTag: false });
    assert.deepEqual(await referrersOf(store, digestOf('subject')), []);
    assert.equal(await store.findManifest(digestOf('elsewhere')), undefined);
  });

  it('never makes a path of a digest that is none', async () => {
    await using dir = await makeTempDir();
    await createLayout(dir.path);
    await writeFile(join(dir.path, 'secret'), 'secret');
    const backend = new DiskBackend(dir.path);
    await assert.rejects(backend.blobSize('sha256:../../secret' as Digest), { code: 'digest-invalid' });
    await assert.rejects(backend.removeBlob('..:secret' as Digest), { code: 'digest-invalid' });
  });
});
