import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LinkStyle, Quirks } from '../../src/embedded/quirks.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { countRequests, digestsOf, type Listing, startListing, unreadOf } from '../support/listing.ts';
import { pushSampleImage, pushSampleReferrer } from '../support/sample-image.ts';

const TYPE = 'application/vnd.example.a+json';

/** An image `v1` with five referrers, two a page. */
async function startPaged(t: Parameters<typeof startListing>[0], quirks: Quirks): Promise<Listing & { all: Digest[] }> {
  const listing = await startListing(t, { referrersPageSize: 2, ...quirks }, { secondOrigin: true });
  const image = await pushSampleImage(listing.target, { tag: 'v1' });
  const all: Digest[] = [];
  for (const content of ['1', '2', '3', '4', '5']) {
    const { descriptor } = await pushSampleReferrer(listing.target, image.descriptor, { content, artifactType: TYPE });
    all.push(descriptor.digest);
  }
  return { ...listing, all };
}

const FOLLOWED: readonly [title: string, style: LinkStyle][] = [
  ['a path', 'relative'],
  ['a query alone', 'query-only'],
  ['a whole URL', 'absolute'],
  ['rel without quotation marks', 'unquoted'],
  ['REL in upper case', 'upper-case'],
  ['other links before it in one header', 'several'],
  ['other links in headers of their own', 'split'],
];

const REFUSED: readonly [title: string, quirks: Quirks, code: string][] = [
  ['leads to another origin', { referrersLink: 'cross-origin' }, 'link-refused'],
  ['leads back to the same page', { referrersLink: 'loop' }, 'page-limit'],
  ['never ends', { referrersLink: 'endless' }, 'page-limit'],
  ['leads to a page that fails', { referrersPageFailure: { page: 2, status: 500 } }, 'server-error'],
  ['leads to a page that is gone', { referrersPageFailure: { page: 3, status: 404 } }, 'manifest-unknown'],
];

describe('listReferrers: pages', () => {
  for (const [title, referrersLink] of FOLLOWED) {
    it(`reads every page where the next one is named by ${title}`, async (t) => {
      const { registry, list, all } = await startPaged(t, { referrersLink });
      const tree = await list('v1');
      assert.deepEqual([digestsOf(tree), tree.unread], [all, []]);
      assert.equal(countRequests(registry)['referrers'], 3);
    });
  }

  it('reads every page where rel names several relations', async (t) => {
    const { registry, list, all } = await startPaged(t, {});
    let asked = 0;
    registry.quirks.intercept = async ({ path, query }) => {
      if (!path.includes('/referrers/') || query.has('page')) return undefined;
      asked++;
      const { body } = await firstPage(registry.url, path);
      const headers = { 'content-type': body.type, link: `<${path}?page=1>; rel="foo next"` };
      return { status: 200, headers, body: body.bytes };
    };
    const firstPage = async (origin: string, path: string) => {
      const response = await fetch(`${origin}${path}?page=0`);
      const type = response.headers.get('content-type') ?? '';
      return { body: { type, bytes: new Uint8Array(await response.arrayBuffer()) } };
    };
    const tree = await list('v1');
    assert.equal(asked, 1);
    assert.deepEqual([digestsOf(tree), tree.unread], [all, []]);
  });

  for (const referrersLink of ['previous-only', 'other-rel', 'missing'] as const) {
    it(`takes a page with ${referrersLink} link for the last one`, async (t) => {
      const { list, all } = await startPaged(t, { referrersLink });
      const tree = await list('v1');
      assert.deepEqual([digestsOf(tree), tree.complete], [all.slice(0, 2), true]);
    });
  }

  for (const [title, quirks, code] of REFUSED) {
    it(`lists nothing of the API, and says so, when the link ${title}`, async (t) => {
      const { list } = await startPaged(t, quirks);
      const tree = await list('v1');
      assert.deepEqual([digestsOf(tree), unreadOf(tree), tree.complete], [[], [`api: ${code}`], false]);
    });
  }

  it('sends no request to where a cross-origin link leads', async (t) => {
    const { registry, list } = await startPaged(t, { referrersLink: 'cross-origin' });
    await list('v1');
    assert.deepEqual(
      registry.log.filter(({ headers }) => headers.host !== registry.host),
      [],
    );
  });

  it('asks for no page twice', async (t) => {
    const { registry, list } = await startPaged(t, { referrersLink: 'loop' });
    await list('v1', { sources: ['api'] });
    assert.equal(countRequests(registry)['referrers'], 1);
  });

  it('stops after a thousand pages', async (t) => {
    const { registry, list } = await startPaged(t, { referrersLink: 'endless', referrersPageSize: 1000 });
    const tree = await list('v1', { sources: ['api'] });
    assert.equal(countRequests(registry)['referrers'], 1000);
    assert.match(tree.unread[0]?.reason ?? '', /more than 1000 pages/);
  });

  it('lists a descriptor once that stands on two pages', async (t) => {
    const { list, all } = await startPaged(t, { referrersDuplicates: true });
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.warnings], [all, []]);
  });

  it('goes on filtering where a link loses artifactType', async (t) => {
    const { target, list, all } = await startPaged(t, { referrersPageDropsFilter: true });
    const other = await pushSampleReferrer(target, (await list('v1')).root.descriptor, { content: '6' });
    const tree = await list('v1', { filter: { artifactTypes: [TYPE], annotations: [] } });
    assert.deepEqual(digestsOf(tree), all);
    assert.ok(!digestsOf(tree).includes(other.descriptor.digest));
  });

  it('reads a page that is empty and has a next one', async (t) => {
    const { registry, list, all } = await startPaged(t, {});
    registry.quirks.intercept = ({ path, query }) =>
      path.includes('/referrers/') && !query.has('page')
        ? {
            status: 200,
            headers: {
              'content-type': 'application/vnd.oci.image.index.v1+json',
              link: `<${path}?page=0>; rel="next"`,
            },
            body: new TextEncoder().encode('{"schemaVersion":2,"manifests":[]}'),
          }
        : undefined;
    const tree = await list('v1');
    assert.deepEqual([digestsOf(tree), tree.unread], [all, []]);
  });

  for (const link of ['<http://[/>; rel="next"', '</x; rel="next"', '</x>; rel="next']) {
    it(`does not take a page with the unreadable link ${link} for the last one`, async (t) => {
      const { registry, list } = await startPaged(t, {});
      registry.quirks.intercept = ({ path }) =>
        path.includes('/referrers/')
          ? {
              status: 200,
              headers: { 'content-type': 'application/vnd.oci.image.index.v1+json', link },
              body: new TextEncoder().encode('{"schemaVersion":2,"manifests":[]}'),
            }
          : undefined;
      const tree = await list('v1');
      assert.deepEqual([unreadOf(tree), tree.complete], [['api: link-refused'], false]);
    });
  }

  it('stops paging once the caller has enough', async (t) => {
    const { registry, store, list, all } = await startPaged(t, {});
    const { digest } = (await list('v1')).root.descriptor;
    registry.clearLog();
    const answer = await store.listReferrers(digest, { enough: (seen) => seen.some((one) => one.digest === all[2]) });
    assert.ok(answer.supported);
    assert.equal(answer.pages, 2);
    assert.equal(registry.log.length, 2);
  });

  it('refuses a list with more entries than anybody has', async (t) => {
    const { registry, store, list } = await startPaged(t, {});
    const { digest } = (await list('v1')).root.descriptor;
    const entry = JSON.stringify({ mediaType: 'a/b', digest, size: 1 });
    registry.clearLog();
    const page = new TextEncoder().encode(`{"schemaVersion":2,"manifests":[${Array(60_000).fill(entry).join(',')}]}`);
    registry.quirks.intercept = ({ path, query }) => {
      if (!path.includes('/referrers/')) return undefined;
      const next = Number(query.get('page') ?? 0) + 1;
      const type = 'application/vnd.oci.image.index.v1+json';
      return { status: 200, headers: { 'content-type': type, link: `<${path}?page=${next}>; rel="next"` }, body: page };
    };
    await assert.rejects(store.listReferrers(digest), (error) => {
      assert.ok(error instanceof CodedError);
      assert.equal(error.code, 'page-limit');
      assert.match(error.message, /more than 200000 entries/);
      return true;
    });
    assert.equal(registry.log.length, 4);
  });

  it('refuses a list whose pages have more bytes than anybody keeps', async (t) => {
    const { store, registry } = await startListing(t);
    const padding = 'x'.repeat(15 * 1024 * 1024);
    const body = new TextEncoder().encode(`{"schemaVersion":2,"manifests":[],"annotations":{"a":"${padding}"}}`);
    let pages = 0;
    registry.quirks.intercept = ({ path }) => {
      pages += 1;
      const next = pages < 20 ? { link: `<${path}?page=${pages}>; rel="next"` } : {};
      return { status: 200, headers: { 'content-type': OCI_INDEX, ...next }, body };
    };
    await assert.rejects(store.listReferrers(digestOf('image')), {
      code: 'page-limit',
      message: /more than 134217728 bytes$/,
    });
    assert.equal(pages, 9);
  });

  it('refuses a page of entries that are no descriptors', async (t) => {
    const { registry, store, list } = await startPaged(t, {});
    const { digest } = (await list('v1')).root.descriptor;
    registry.quirks.referrersExtra = Array(150_000).fill({});
    registry.quirks.referrersPageSize = undefined;
    await assert.rejects(store.listReferrers(digest), { code: 'manifest-invalid', message: /no descriptors/ });
  });

  it('refuses a page that is larger than any list', async (t) => {
    const { registry, store, list } = await startPaged(t, {});
    const { digest } = (await list('v1')).root.descriptor;
    registry.quirks.referrersExtra = [{ note: 'x'.repeat(17 * 1024 * 1024) }];
    registry.quirks.referrersPageSize = undefined;
    await assert.rejects(store.listReferrers(digest), { code: 'response-too-large' });
  });
});
