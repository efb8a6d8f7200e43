import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorResponse, jsonResponse } from '../../src/embedded/exchange.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { COSIGN_SIMPLESIGNING, OCI_IMAGE_CONFIG, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { buildCosignTag, buildReferrersTag } from '../../src/oci/referrers-tag.ts';
import { TagInventory } from '../../src/referrers/tag-inventory.ts';
import type { TagList } from '../../src/store/store.ts';
import { countRequests, digestsOf, type Listing, pushFallbackList, startListing } from '../support/listing.ts';
import {
  pushSampleBlob,
  pushSampleImage,
  pushSampleIndex,
  pushSampleManifest,
  pushSampleReferrer,
  type SampleTarget,
} from '../support/sample-image.ts';

const ALL = { depth: Number.POSITIVE_INFINITY };

async function pushSignature(target: SampleTarget, subject: Descriptor): Promise<Descriptor> {
  const config = await pushSampleBlob(target, Buffer.from('{"a":1}'), OCI_IMAGE_CONFIG);
  const layer = await pushSampleBlob(target, Buffer.from(`signature of ${subject.digest}`), COSIGN_SIMPLESIGNING);
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
  return (await pushSampleManifest(target, manifest, { tag: buildCosignTag(subject.digest, 'sig') })).descriptor;
}

/** tags/list leaves some tags out. */
function hideTags({ registry }: Listing, hidden: (tag: string) => boolean): void {
  registry.quirks.intercept = async ({ path }) => {
    if (!path.endsWith('/tags/list')) return undefined;
    const tags = (await registry.tagsOf('acme/app')).filter((tag) => !hidden(tag));
    const body = new TextEncoder().encode(JSON.stringify({ name: 'acme/app', tags }));
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  };
}

const isDigestTag = (tag: string): boolean => tag.startsWith('sha256-');

/** An SBOM with a signature, both by tag schema; a platform is signed by cosign. */
async function startTagged(t: Parameters<typeof startListing>[0]) {
  const listing = await startListing(t, { referrersApi: false });
  const { target } = listing;
  const index = await pushSampleIndex(target, { tag: 'v1' });
  const { descriptor: sbom } = await pushSampleReferrer(target, index.descriptor, { content: 'sbom' });
  const { descriptor: signature } = await pushSampleReferrer(target, sbom, { content: 'signature' });
  await pushFallbackList(target, index.descriptor, [sbom]);
  await pushFallbackList(target, sbom, [signature]);
  const cosign = await pushSignature(target, index.platforms[1]!);
  const every = [sbom.digest, signature.digest, cosign.digest];
  return { ...listing, index, sbom, signature, cosign, every };
}

describe('the tag list as an economy', () => {
  it('lists the same with it and without it', async (t) => {
    const { list, every } = await startTagged(t);
    assert.deepEqual(digestsOf(await list('v1', ALL)), every);
    assert.deepEqual(digestsOf(await list('v1', { ...ALL, trustHints: false })), every);
    assert.deepEqual(digestsOf(await list('v1', { ...ALL, verify: false })), every);
  });

  it('saves the questions for tags that it does not show', async (t) => {
    const { registry, list } = await startTagged(t);
    await list('v1', ALL);
    // the image and its two platforms, the SBOM; no signature and no cosign signature is asked for its own
    assert.equal(countRequests(registry)['referrers tag'], 4);
    assert.equal(countRequests(registry)['cosign tag'], 1);
    await list('v1', { ...ALL, trustHints: false });
    assert.equal(countRequests(registry)['tags/list'], undefined);
    assert.equal(countRequests(registry)['referrers tag'], 6);
    assert.equal(countRequests(registry)['cosign tag'], 18);
  });

  it('is not believed by a registry that hides such tags, once one is found that it lacks', async (t) => {
    const listing = await startTagged(t);
    hideTags(listing, isDigestTag);
    for (const request of [ALL, { ...ALL, verify: false }]) {
      const tree = await listing.list('v1', request);
      assert.deepEqual([digestsOf(tree), tree.complete], [listing.every, true], JSON.stringify(request));
    }
  });

  it('is not believed, though it shows some such tags, once one is found that it lacks', async (t) => {
    const listing = await startTagged(t);
    hideTags(listing, (tag) => isDigestTag(tag) && !tag.endsWith('.sig'));
    assert.deepEqual(digestsOf(await listing.list('v1', ALL)), listing.every);
  });

  it('is not believed, though it shows tags of the other kind', async (t) => {
    const listing = await startTagged(t);
    const signature = await pushSignature(listing.target, listing.index.descriptor);
    hideTags(listing, (tag) => tag.endsWith('.sig'));
    const { sbom, signature: ofSbom, cosign } = listing;
    const expected = [sbom, ofSbom, signature, cosign].map(({ digest }) => digest);
    assert.deepEqual(digestsOf(await listing.list('v1', ALL)), expected);
  });

  it('is not taken for whole where it is full and links to no more', async (t) => {
    const { registry, target, list } = await startListing(t);
    const index = await pushSampleIndex(target, { tag: 'v1' });
    const signature = await pushSignature(target, index.platforms[1]!);
    const others = Array.from({ length: 1000 }, (_, i) => `a${i}`).sort();
    registry.quirks.intercept = async ({ path, query }) => {
      if (!path.endsWith('/tags/list')) return undefined;
      const following = [...others, ...(await registry.tagsOf('acme/app'))].filter(
        (tag) => tag > (query.get('last') ?? ''),
      );
      return jsonResponse(200, { name: 'acme/app', tags: following.slice(0, Number(query.get('n'))) });
    };
    assert.deepEqual(digestsOf(await list('v1')), [signature.digest]);
  });

  /** A hundred tags, signatures of others among them, so that the silence of the list would count. */
  const HUNDRED = Array.from({ length: 100 }, (_, i) => `sha256-${String(i).padStart(64, '0')}.sig`);

  for (const [title, after] of [
    ['it is cut to a hundred, whatever is asked for', jsonResponse(200, { tags: HUNDRED })],
    ['what comes after its last tag is refused', errorResponse(400, 'UNSUPPORTED', 'no such parameter')],
    ['what comes after its last tag fails', errorResponse(503, 'UNKNOWN', 'later')],
  ] as const) {
    it(`is not taken for whole where ${title}`, async (t) => {
      const { registry, target, list } = await startListing(t);
      const index = await pushSampleIndex(target, { tag: 'v1' });
      const signature = await pushSignature(target, index.platforms[1]!);
      registry.quirks.intercept = ({ path, query }) => {
        if (!path.endsWith('/tags/list')) return undefined;
        return query.has('last') ? after : jsonResponse(200, { tags: HUNDRED });
      };
      assert.deepEqual(digestsOf(await list('v1')), [signature.digest]);
    });
  }

  it('is tried on the tags of the first subject where it shows none of their kind', async (t) => {
    const { registry, target, list } = await startListing(t);
    await pushSampleIndex(target, { tag: 'v1' });
    await list('v1');
    const counts = countRequests(registry);
    assert.deepEqual([counts['tags/list'], counts['referrers tag'], counts['cosign tag']], [1, 3, 3]);
  });

  it('never hides the referrers of the image itself where it lags behind', async (t) => {
    const listing = await startListing(t, { referrersApi: false });
    const { target, list } = listing;
    const old = await pushSampleImage(target, { name: 'old' });
    await pushFallbackList(target, old.descriptor, []);
    const image = await pushSampleImage(target, { tag: 'v1' });
    const referrer = await pushSampleReferrer(target, image.descriptor);
    await pushFallbackList(target, image.descriptor, [referrer.descriptor]);
    hideTags(listing, (tag) => tag === buildReferrersTag(image.descriptor.digest));
    assert.deepEqual(digestsOf(await list('v1')), [referrer.descriptor.digest]);
  });

  for (const status of [403, 404, 500] as const) {
    it(`is done without where it answers ${status}`, async (t) => {
      const { registry, list, every } = await startTagged(t);
      registry.quirks.failure = { status, match: ({ path }) => path.endsWith('/tags/list') };
      const tree = await list('v1', ALL);
      assert.deepEqual([digestsOf(tree), tree.complete, tree.warnings], [every, true, []]);
    });
  }

  it('is done without where it is longer than is worth reading', async (t) => {
    const { registry, target, list, every, sbom } = await startTagged(t);
    registry.quirks.intercept = ({ path, query }) => {
      if (!path.endsWith('/tags/list')) return undefined;
      const page = Number(query.get('page') ?? 0);
      const tags = [`t${page}`, 'sha256-'.padEnd(71, 'a')];
      const link = `<${path}?page=${page + 1}>; rel="next"`;
      const body = new TextEncoder().encode(JSON.stringify({ name: target.repository, tags }));
      return { status: 200, headers: { 'content-type': 'application/json', link }, body };
    };
    const tree = await list('v1', ALL);
    assert.deepEqual(digestsOf(tree), every);
    assert.equal(countRequests(registry)['tags/list'], 8);
    assert.ok(registry.log.some(({ path }) => path.endsWith(buildReferrersTag(sbom.digest))));
  });

  it('waits for the sample, and does without the list where the sample could not be read', async (t) => {
    const listing = await startTagged(t);
    const { registry, index, list, cosign } = listing;
    hideTags(listing, isDigestTag);
    const hide = registry.quirks.intercept;
    registry.quirks.intercept = (request) =>
      request.path.endsWith(buildCosignTag(index.descriptor.digest, 'att'))
        ? { status: 500, headers: {} }
        : hide?.(request);
    const tree = await list('v1', { sources: ['cosign-tags'] });
    assert.deepEqual([digestsOf(tree), tree.complete], [[cosign.digest], false]);
  });
});

describe('TagInventory', () => {
  const TAG = 'sha256-'.padEnd(71, 'a');
  const OTHER = 'sha256-'.padEnd(71, 'b');

  function inventoryOf(list: () => Promise<TagList>): TagInventory {
    const refuse = (): never => assert.fail('only the tags are asked for');
    const store = { kind: 'registry', name: 'r/x', listTags: list } as const;
    const rest = { findManifest: refuse, pushManifest: refuse, deleteManifest: refuse, pushBlob: refuse };
    return new TagInventory({ ...store, ...rest, openBlob: refuse, listReferrers: refuse }, { maxPages: 1 });
  }

  function listing(tags: readonly string[], complete = true): TagInventory {
    const inventory = inventoryOf(async () => ({ tags: new Set(tags), complete }));
    inventory.start();
    return inventory;
  }

  it('says that a listed tag exists, and that another one is absent where it shows its kind', async () => {
    const inventory = listing([TAG, 'v1']);
    assert.equal(await inventory.word(TAG, false), 'exists');
    assert.equal(await inventory.word(OTHER, false), 'absent');
    assert.equal(await inventory.word(OTHER, true), 'absent');
  });

  it('says nothing of what may stand on a page that was not read', async () => {
    const inventory = listing([TAG], false);
    assert.equal(await inventory.word(TAG, false), 'exists');
    assert.equal(await inventory.word(OTHER, false), 'ask');
  });

  it('says nothing while it was not started, and where the list cannot be had', async () => {
    const notStarted = inventoryOf(async () => assert.fail('nobody asked for it'));
    assert.equal(await notStarted.word(TAG, false), 'ask');
    const failing = inventoryOf(() => Promise.reject(new Error('no list')));
    failing.start();
    assert.equal(await failing.word(TAG, false), 'ask');
  });

  it('has the sample asked, and waits for it with everything else, where it shows no tag of the kind', async () => {
    for (const [answered, word] of [
      [true, 'absent'],
      [false, 'ask'],
    ] as const) {
      const inventory = listing([`${TAG}.sig`, 'v1']);
      const waiting = inventory.word(OTHER, false);
      assert.equal(await inventory.word(TAG, true), 'ask');
      inventory.sampled(answered);
      assert.equal(await waiting, word);
    }
  });

  it('says nothing any more once a tag is found that it lacks', async () => {
    const inventory = listing([TAG]);
    inventory.found(TAG);
    assert.equal(await inventory.word(OTHER, false), 'absent');
    inventory.found(`${OTHER}.sig`);
    assert.equal(await inventory.word(OTHER, false), 'ask');
  });
});
