import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Quirks } from '../../src/embedded/quirks.ts';
import { createCapabilityMemory } from '../../src/referrers/capability.ts';
import { countRequests, digestsOf, startListing } from '../support/listing.ts';
import { pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';

const TYPE = 'application/spdx+json';
const SOURCES = ['api', 'tag-schema'] as const;

/** An index of two platforms; only the second one has a referrer. */
async function startHinted(t: Parameters<typeof startListing>[0], quirks: Quirks = { referrersHeaders: true }) {
  const listing = await startListing(t, quirks);
  const index = await pushSampleIndex(listing.target, { tag: 'v1' });
  const { descriptor: referrer } = await pushSampleReferrer(listing.target, index.platforms[1]!, {
    artifactType: TYPE,
  });
  return { ...listing, referrer, index };
}

describe('listReferrers: OCI-Referrers', () => {
  it('saves the lists of those subjects that the registry says have no referrers', async (t) => {
    const { registry, list, referrer } = await startHinted(t);
    const tree = await list('v1', { sources: SOURCES });
    assert.deepEqual([digestsOf(tree), tree.complete], [[referrer.digest], true]);
    const { referrers, 'referrers tag': tags } = countRequests(registry);
    assert.deepEqual([referrers, tags], [1, 1]);
  });

  it('is not believed by a gate', async (t) => {
    const { registry, list, referrer } = await startHinted(t);
    const tree = await list('v1', { sources: SOURCES, trustHints: false });
    assert.deepEqual(digestsOf(tree), [referrer.digest]);
    const { referrers, 'referrers tag': tags } = countRequests(registry);
    assert.deepEqual([referrers, tags], [3, 3]);
  });

  it('lists what is there though the registry says that nothing is, where hints are not trusted', async (t) => {
    const { registry, target, index, store, list } = await startHinted(t, {});
    const { descriptor } = await pushSampleReferrer(target, index.descriptor, { content: 'denied' });
    registry.quirks.intercept = async ({ method, path }) => {
      if (method !== 'GET' || !path.endsWith('/manifests/v1')) return undefined;
      return {
        status: 200,
        headers: { 'content-type': index.descriptor.mediaType, 'oci-referrers': 'absent' },
        body: index.bytes,
      };
    };
    const fetched = await store.findManifest({ tag: 'v1' });
    assert.deepEqual(fetched?.referrersHint, { present: false });
    assert.ok(!digestsOf(await list('v1')).includes(descriptor.digest));
    assert.ok(digestsOf(await list('v1', { trustHints: false })).includes(descriptor.digest));
  });

  it('saves lists of other types than the one asked for, on the last level only', async (t) => {
    const { registry, list, referrer } = await startHinted(t);
    const listsFor = async (request: object): Promise<number | undefined> => {
      await list('v1', { sources: ['api'], ...request });
      return countRequests(registry)['referrers'];
    };
    const filter = (...artifactTypes: string[]) => ({ filter: { artifactTypes, annotations: [] } });
    assert.equal(await listsFor({ platforms: 'none' }), undefined);
    assert.equal(await listsFor(filter(TYPE)), 1);
    assert.equal(await listsFor(filter('a/b')), undefined);
    assert.equal(await listsFor(filter('a/b', 'a/*')), undefined);
    assert.equal(await listsFor(filter('a/b', 'application/*')), 1);
    // the SBOM leads to what may match: it is read, and says for itself that nothing refers to it
    assert.equal(await listsFor({ ...filter('a/b'), depth: 2 }), 1);
    assert.deepEqual(digestsOf(await list('v1', { sources: ['api'], ...filter(TYPE) })), [referrer.digest]);
  });

  it('is not remembered: what comes after is listed', async (t) => {
    const { registry, target, index, list } = await startHinted(t);
    const capabilities = createCapabilityMemory();
    await list('v1', { sources: ['api'], platforms: 'none', capabilities });
    assert.equal(countRequests(registry)['referrers'], undefined);
    assert.equal(capabilities.get(`${target.host}/acme/app`), undefined);
    const { descriptor } = await pushSampleReferrer(target, index.descriptor, { content: 'later' });
    assert.deepEqual(digestsOf(await list('v1', { platforms: 'none', capabilities })), [descriptor.digest]);
  });

  for (const [header, hint] of [
    [{ 'oci-referrers': 'absent' }, { present: false }],
    [{ 'oci-referrers': ' Present ' }, { present: true }],
    [{ 'oci-referrers': 'maybe' }, undefined],
    [{ 'oci-referrers': '' }, undefined],
    [
      { 'oci-referrers': 'present', 'oci-referrers-artifact-types': ' a/b ,c/d,, ' },
      { present: true, artifactTypes: ['a/b', 'c/d'] },
    ],
  ] as const) {
    it(`reads ${JSON.stringify(header)} as ${JSON.stringify(hint)}`, async (t) => {
      const { registry, store, index } = await startHinted(t, {});
      registry.quirks.intercept = () => ({
        status: 200,
        headers: { 'content-type': index.descriptor.mediaType, ...header },
        body: index.bytes,
      });
      const fetched = await store.findManifest(index.descriptor.digest);
      assert.deepEqual(fetched?.referrersHint, hint);
    });
  }

  it('does not take a list of types that names none for "none"', async (t) => {
    const { registry, list, referrer, index } = await startHinted(t, {});
    const amd64 = index.platforms[1]!;
    registry.quirks.intercept = async ({ method, path, headers }) => {
      if (method !== 'GET' || !path.endsWith(`/manifests/${amd64.digest}`) || headers['x-inner'] !== undefined) return;
      const inner = await fetch(registry.url + path, { headers: { accept: amd64.mediaType, 'x-inner': '1' } });
      return {
        status: 200,
        headers: { 'content-type': amd64.mediaType, 'oci-referrers': 'present', 'oci-referrers-artifact-types': '' },
        body: new Uint8Array(await inner.arrayBuffer()),
      };
    };
    assert.deepEqual(digestsOf(await list(amd64)), [referrer.digest]);
  });
});
