import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import type { Platform } from '../../src/oci/descriptor.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { countRequests, digestsOf, type Listing, pushFallbackList, startListing } from '../support/listing.ts';
import { pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';

const ALL = { depth: Number.POSITIVE_INFINITY };
const PLATFORMS = Array.from({ length: 8 }, (_, i): Platform => ({ os: 'linux', architecture: `a${i}` }));
/** Longer than a request takes, so that what is asked one after the other is told from what is asked at once. */
const DELAY_MS = 100;

/** An image of eight platforms with three referrers each. */
async function startLarge(
  t: Parameters<typeof startListing>[0],
  quirks: Quirks = {},
): Promise<Listing & { readonly every: readonly Digest[] }> {
  const listing = await startListing(t, quirks, { http: { concurrency: 64 } });
  const { target, registry } = listing;
  const index = await pushSampleIndex(target, { tag: 'v1', platforms: PLATFORMS });
  const every = await Promise.all(
    index.platforms.map(async (platform) => {
      const contents = ['sbom', 'scan', 'provenance'].map((kind) => `${kind} of ${platform.digest}`);
      const pushed: Awaited<ReturnType<typeof pushSampleReferrer>>[] = [];
      for (const content of contents) pushed.push(await pushSampleReferrer(target, platform, { content }));
      const descriptors = pushed.map(({ descriptor }) => descriptor);
      if (quirks.referrersApi === false) await pushFallbackList(target, platform, descriptors);
      return descriptors.map(({ digest }) => digest);
    }),
  );
  registry.quirks.delayMs = DELAY_MS;
  return { ...listing, every: every.flat() };
}

describe('listReferrers: requests and rounds', () => {
  it('lists 8 platforms x 3 referrers over the API with 34 requests in 3 rounds', async (t) => {
    const { registry, list, every } = await startLarge(t);
    const tree = await list('v1', { ...ALL, sources: ['api'], verify: false });
    assert.deepEqual([digestsOf(tree), tree.complete], [every, true]);
    assert.deepEqual(countRequests(registry), { 'manifest by tag': 1, referrers: 33 });
    assert.deepEqual([registry.log.length, registry.rounds()], [34, 3]);
  });

  it('lists 8 platforms x 3 referrers by tag schema with 10 requests in 2 rounds', async (t) => {
    const { registry, list, every } = await startLarge(t, { referrersApi: false });
    const tree = await list('v1', { ...ALL, sources: ['tag-schema'], verify: false });
    assert.deepEqual([digestsOf(tree), tree.complete], [every, true]);
    assert.deepEqual(countRequests(registry), { 'manifest by tag': 1, 'tags/list': 1, 'referrers tag': 8 });
    assert.deepEqual([registry.log.length, registry.rounds()], [10, 2]);
  });

  it('lists 8 platforms x 3 referrers by default, over all sources and proved, with 55 requests in 3 rounds', async (t) => {
    const { registry, list, every } = await startLarge(t);
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.complete], [every, true]);
    assert.deepEqual(countRequests(registry), {
      'manifest by tag': 1,
      'tags/list': 1,
      referrers: 9,
      'referrers tag': 9,
      'cosign tag': 3, // of the index: the sample that the tag list is tried on
      'manifest by digest': 8 + 24, // is each platform there; the proofs
    });
    assert.deepEqual([registry.log.length, registry.rounds()], [55, 3]);
  });

  it('lists 8 platforms x 3 referrers by default with depth all with 79 requests in 4 rounds', async (t) => {
    const { registry, list, every } = await startLarge(t);
    const tree = await list('v1', ALL);
    assert.deepEqual([digestsOf(tree), tree.complete], [every, true]);
    assert.equal(countRequests(registry)['referrers'], 33);
    assert.deepEqual([registry.log.length, registry.rounds()], [79, 4]);
  });

  it('lists a registry without the API by default with depth all with 55 requests in 3 rounds', async (t) => {
    const { registry, list, every } = await startLarge(t, { referrersApi: false });
    const tree = await list('v1', ALL);
    assert.deepEqual([digestsOf(tree), tree.complete], [every, true]);
    assert.deepEqual([registry.log.length, registry.rounds()], [55, 3]);
  });

  it('lists one image with one referrer, proved, from one source with 3 requests in 3 rounds', async (t) => {
    const { registry, list, target } = await startLarge(t);
    const image = await pushSampleIndex(target, { tag: 'v2', platforms: PLATFORMS.slice(0, 1), name: 'other' });
    await pushSampleReferrer(target, image.platforms[0]!);
    await list(image.platforms[0]!, { sources: ['api'] });
    assert.deepEqual([registry.log.length, registry.rounds()], [3, 3]);
  });

  it('takes less than a second of its own for 10,000 referrers over pages', async (t) => {
    const { registry, target, list } = await startListing(t);
    const index = await pushSampleIndex(target, { tag: 'v1', platforms: [] });
    const entries = Array.from({ length: 10_000 }, (_, i) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${i.toString(16).padStart(64, '0')}`,
      size: 1000,
      artifactType: 'application/spdx+json',
      annotations: { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' },
    }));
    const pages = Array.from({ length: 10 }, (_, page) => {
      const manifests = entries.slice(page * 1000, (page + 1) * 1000);
      return new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests }));
    });
    registry.quirks.intercept = ({ path, query }) => {
      if (!path.endsWith(`/referrers/${index.descriptor.digest}`)) return undefined;
      const page = Number(query.get('page') ?? 0);
      const link = page < 9 ? { link: `<${path}?page=${page + 1}>; rel="next"` } : {};
      const headers = { 'content-type': 'application/vnd.oci.image.index.v1+json', ...link };
      return { status: 200, headers, body: pages[page] };
    };
    const before = process.cpuUsage();
    const tree = await list('v1', { verify: false });
    const { user, system } = process.cpuUsage(before); // the registry's own time is in it, too
    assert.equal(digestsOf(tree).length, 10_000);
    assert.ok(user + system < 1_000_000, `${(user + system) / 1000} ms`);
  });
});
