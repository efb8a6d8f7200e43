import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStoreMemory, memoizeStore } from '../../src/gate/memoizing-store.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import type { Store } from '../../src/store/store.ts';
import { type Listing, startListing } from '../support/listing.ts';
import { absentDescriptor, pushSampleBlob, pushSampleImage } from '../support/sample-image.ts';

async function read(store: Store, descriptor: Descriptor): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(store.openBlob(descriptor)));
}

function paths({ registry }: Listing): string[] {
  return registry.log.map(({ method, path }) => `${method} ${path.replace('/v2/acme/app/', '')}`);
}

describe('a store that remembers', () => {
  it('asks for a manifest once, also where several ask at the same time, and for one that came by its tag not again', async (t) => {
    const listing = await startListing(t);
    const { descriptor } = await pushSampleImage(listing.target, { tag: 'v1' });
    const other = await pushSampleImage(listing.target, { name: 'other' });
    const store = memoizeStore(listing.store);
    listing.registry.clearLog();
    await Promise.all([1, 2, 3].map(() => store.findManifest(other.descriptor.digest)));
    await store.findManifest(other.descriptor.digest);
    const byTag = await store.findManifest({ tag: 'v1' });
    const byDigest = await store.findManifest(descriptor.digest);
    assert.equal(byDigest?.manifest, byTag?.manifest);
    assert.deepEqual(paths(listing), [`GET manifests/${other.descriptor.digest}`, 'GET manifests/v1']);
  });

  it('asks for a blob once', async (t) => {
    const listing = await startListing(t);
    const bytes = new TextEncoder().encode('evidence');
    const descriptor = await pushSampleBlob(listing.target, bytes);
    const store = memoizeStore(listing.store);
    listing.registry.clearLog();
    const all = await Promise.all([read(store, descriptor), read(store, descriptor)]);
    all.push(await read(store, descriptor));
    assert.deepEqual(all.map(String), ['evidence', 'evidence', 'evidence']);
    assert.deepEqual(paths(listing), [`GET blobs/${descriptor.digest}`]);
  });

  it('asks for a tag each time, since it may move', async (t) => {
    const listing = await startListing(t);
    await pushSampleImage(listing.target, { tag: 'v1' });
    const store = memoizeStore(listing.store);
    listing.registry.clearLog();
    const first = await store.findManifest({ tag: 'v1' });
    const moved = await pushSampleImage(listing.target, { tag: 'v1', name: 'other' });
    const second = await store.findManifest({ tag: 'v1' });
    assert.notEqual(first?.manifest.digest, second?.manifest.digest);
    assert.equal(second?.manifest.digest, moved.descriptor.digest);
  });

  it('gives each of two tags its own manifest, also where both are asked for at the same time', async (t) => {
    const listing = await startListing(t);
    const one = await pushSampleImage(listing.target, { tag: 'v1' });
    const other = await pushSampleImage(listing.target, { tag: 'v2', name: 'other' });
    const store = memoizeStore(listing.store);
    const found = await Promise.all(['v1', 'v2'].map((tag) => store.findManifest({ tag })));
    assert.deepEqual(
      found.map((fetched) => fetched?.manifest.digest),
      [one.descriptor.digest, other.descriptor.digest],
    );
  });

  it('does not take bytes that it holds for a blob of another size', async (t) => {
    const listing = await startListing(t);
    const descriptor = await pushSampleBlob(listing.target, new TextEncoder().encode('evidence'));
    const store = memoizeStore(listing.store);
    assert.equal(String(await read(store, descriptor)), 'evidence');
    await assert.rejects(read(store, { ...descriptor, size: 9 }), { code: 'digest-mismatch' });
  });

  it('asks for the tags once, again for more pages, and again after a failure', async (t) => {
    const { store: inner, registry, target } = await startListing(t);
    await pushSampleImage(target, { tag: 'v1' });
    const store = memoizeStore(inner);
    registry.quirks.failure = { status: 403, times: 1, match: ({ path }) => path.endsWith('/tags/list') };
    await assert.rejects(store.listTags({ maxPages: 2 }), { code: 'denied' });
    registry.clearLog();
    const [first, same] = await Promise.all([store.listTags({ maxPages: 2 }), store.listTags({ maxPages: 1 })]);
    assert.equal(first, same);
    assert.deepEqual([...first.tags], ['v1']);
    assert.equal(registry.log.length, 1);
    await store.listTags({ maxPages: 3 });
    assert.equal(registry.log.length, 2);
  });

  it('keeps neither a failure nor an absence', async (t) => {
    const listing = await startListing(t);
    const { descriptor } = await pushSampleImage(listing.target);
    const store = memoizeStore(listing.store);
    listing.registry.quirks.failure = { status: 503, times: 1 };
    await assert.rejects(store.findManifest(descriptor.digest), { code: 'server-error' });
    assert.equal((await store.findManifest(descriptor.digest))?.manifest.digest, descriptor.digest);

    const later = await pushSampleBlob(listing.target, new TextEncoder().encode('x'));
    listing.registry.quirks.failure = { status: 503, times: 1 };
    await assert.rejects(read(store, later), { code: 'server-error' });
    assert.equal(String(await read(store, later)), 'x');

    const absent = absentDescriptor('not yet').digest;
    assert.equal(await store.findManifest(absent), undefined);
    listing.registry.clearLog();
    assert.equal(await store.findManifest(absent), undefined);
    assert.equal(listing.registry.log.length, 1);
  });

  it('holds no more bytes than it may, and asks again for what it let go', async (t) => {
    const listing = await startListing(t);
    const images = [];
    for (const name of ['a', 'b', 'c']) images.push(await pushSampleImage(listing.target, { name }));
    const [a, b, c] = images.map(({ descriptor }) => descriptor);
    assert.ok(a && b && c);
    const store = memoizeStore(listing.store, createStoreMemory(a.size + b.size));
    for (const { digest } of [a, b, a, c]) await store.findManifest(digest);
    listing.registry.clearLog();
    // b was used longest ago
    for (const { digest } of [a, c, b]) await store.findManifest(digest);
    assert.deepEqual(paths(listing), [`GET manifests/${b.digest}`]);
  });

  it('shares the bound with other stores, and nothing else: what one repository holds another may lack', async (t) => {
    const [first, second] = [await startListing(t), await startListing(t)];
    const { descriptor } = await pushSampleImage(first.target, { name: 'a' });
    const blob = await pushSampleBlob(first.target, new TextEncoder().encode('x'.repeat(descriptor.size)));
    const memory = createStoreMemory(descriptor.size);
    const [one, other] = [first.store, second.store].map((store) => memoizeStore(store, memory));
    assert.ok(one && other);
    assert.ok((await one.findManifest(descriptor.digest)) !== undefined);
    await read(one, blob);
    assert.deepEqual([memory.manifests.bytes, memory.blobs.bytes], [descriptor.size, descriptor.size]);
    // the other registry is empty
    await assert.rejects(other.findManifest(descriptor.digest), { code: 'repository-unknown' });
    await assert.rejects(read(other, blob), { code: 'repository-unknown' });
    const { descriptor: later } = await pushSampleImage(second.target, { name: 'b' });
    await other.findManifest(later.digest);
    assert.ok(memory.manifests.bytes <= descriptor.size);
  });

  it('passes wrong bytes of a blob on as the error that they are', async (t) => {
    const listing = await startListing(t);
    const descriptor = await pushSampleBlob(listing.target, new TextEncoder().encode('right'));
    listing.registry.quirks.bodyFault = { kind: 'flip', times: 1 };
    const store = memoizeStore(listing.store);
    await assert.rejects(read(store, descriptor), { code: 'digest-mismatch' });
    assert.equal(String(await read(store, descriptor)), 'right');
  });
});
