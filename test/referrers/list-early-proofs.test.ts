import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { EmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { Digest } from '../../src/oci/digest.ts';
import { codesOf, countRequests, digestsOf, type Listing, rowsOf, startListing, unreadOf } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

const TYPE = 'application/vnd.example.a+json';
const FILTER = { artifactTypes: [TYPE], annotations: [] };

/** An image `v1` with five referrers, two a page: the last page holds one. */
async function startPaged(t: TestContext): Promise<Listing & { readonly all: readonly Digest[] }> {
  const listing = await startListing(t, { referrersPageSize: 2 });
  const image = await pushSampleImage(listing.target, { tag: 'v1' });
  const all: Digest[] = [];
  for (const content of ['1', '2', '3', '4', '5']) {
    const { descriptor } = await pushSampleReferrer(listing.target, image.descriptor, { content, artifactType: TYPE });
    all.push(descriptor.digest);
  }
  return { ...listing, all };
}

const readsIn = (registry: EmbeddedRegistry): number => countRequests(registry)['manifest by digest'] ?? 0;

/** The last page is not answered before `count` manifests were asked for; undefined if that takes more than 5 s. */
function holdLastPage(registry: EmbeddedRegistry, count: number): { readsBefore: number | undefined } {
  const seen: { readsBefore: number | undefined } = { readsBefore: undefined };
  registry.quirks.intercept = async ({ path }) => {
    if (!path.includes('/referrers/') || countRequests(registry)['referrers'] !== 3) return undefined;
    const end = performance.now() + 5000;
    while (readsIn(registry) < count && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    seen.readsBefore = readsIn(registry);
    return undefined;
  };
  return seen;
}

describe('listReferrers: proofs while pages are on their way', () => {
  it('reads the rows of the first pages before the last one is answered, each once', async (t) => {
    const { registry, list, all } = await startPaged(t);
    const held = holdLastPage(registry, 4);
    const tree = await list('v1', { sources: ['api'] });
    assert.equal(held.readsBefore, 4);
    assert.deepEqual(
      [digestsOf(tree), tree.complete, rowsOf(tree).every(({ verified }) => verified)],
      [all, true, true],
    );
    assert.deepEqual(countRequests(registry), { 'manifest by tag': 1, referrers: 3, 'manifest by digest': 5 });
  });

  it('reads no more of them than verifyLimit, in their order', async (t) => {
    const { registry, list } = await startPaged(t);
    const held = holdLastPage(registry, 3);
    const tree = await list('v1', { sources: ['api'], verifyLimit: 3 });
    assert.equal(held.readsBefore, 3);
    assert.deepEqual(
      rowsOf(tree).map(({ verified }) => verified),
      [true, true, true, false, false],
    );
    assert.equal(readsIn(registry), 3);
  });

  for (const [title, request] of [
    ['without verify', { verify: false }],
    ['with a filter, which may put other rows first', { filter: FILTER, verifyLimit: 2 }],
  ] as const) {
    it(`reads nothing early ${title}`, async (t) => {
      const { registry, list } = await startPaged(t);
      await list('v1', { sources: ['api'], ...request });
      const paths = registry.log.map(({ path }) => path);
      const lastPage = paths.findLastIndex((path) => path.includes('/referrers/'));
      const firstRead = paths.findIndex((path) => /\/manifests\/sha256:/.test(path));
      assert.ok(firstRead < 0 || firstRead > lastPage, paths.join('\n'));
      assert.equal(readsIn(registry), 'verify' in request ? 0 : 2);
    });
  }

  it('leaves out a row whose manifest is gone, and says once what could not be read', async (t) => {
    const { registry, list, all } = await startPaged(t);
    const [gone, broken, ...others] = all;
    registry.quirks.intercept = ({ path }) => {
      if (path.endsWith(`/manifests/${gone}`)) return { status: 404, headers: {}, body: GONE };
      return path.endsWith(`/manifests/${broken}`) ? { status: 500, headers: {}, body: new Uint8Array() } : undefined;
    };
    const tree = await list('v1', { sources: ['api'] });
    assert.deepEqual(digestsOf(tree), [broken, ...others]);
    assert.deepEqual([codesOf(tree), unreadOf(tree)], [['referrer-missing', 'referrer-unread'], ['api: server-error']]);
    assert.equal(tree.complete, false);
    assert.equal(readsIn(registry), 5);
  });

  it('leaves no read behind, and no rejection, where a later page fails', async (t) => {
    const { registry, list } = await startPaged(t);
    registry.quirks.referrersPageFailure = { page: 2, status: 500 };
    const tree = await list('v1', { sources: ['api'] });
    assert.deepEqual([digestsOf(tree), unreadOf(tree), tree.complete], [[], ['api: server-error'], false]);
    assert.ok(readsIn(registry) <= 2);
  });
});

const GONE = new TextEncoder().encode('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"gone"}]}');
