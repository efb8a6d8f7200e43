import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RegistryRequest, RegistryResponse } from '../../../src/embedded/exchange.ts';
import { startListing } from '../../support/listing.ts';
import { pushSampleImage } from '../../support/sample-image.ts';

function page(body: unknown, link?: string): RegistryResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', ...(link !== undefined && { link }) };
  return { status: 200, headers, body: new TextEncoder().encode(text) };
}

describe('RegistryStore.listTags', () => {
  it('reads every page', async (t) => {
    const { registry, target, store } = await startListing(t);
    for (const tag of ['a', 'b', 'c']) await pushSampleImage(target, { tag });
    registry.quirks.intercept = ({ path, query }) =>
      query.get('n') === '1000' && !query.has('last')
        ? page({ tags: ['0'] }, `<${path}?n=2&last=0>; rel="next"`)
        : undefined;
    registry.clearLog();
    const list = await store.listTags({ maxPages: 9 });
    assert.deepEqual([[...list.tags], list.complete], [['0', 'a', 'b', 'c'], true]);
    assert.equal(registry.log.length, 3);
  });

  it('reads no more pages than it may, and says that there are more', async (t) => {
    const { registry, store } = await startListing(t);
    let asked = 0;
    registry.quirks.intercept = ({ path }) => page({ tags: [`t${asked++}`] }, `<${path}?last=t${asked}>; rel="next"`);
    const list = await store.listTags({ maxPages: 3 });
    assert.deepEqual([[...list.tags], list.complete, asked], [['t0', 't1', 't2'], false, 3]);
  });

  /** A registry with so many tags that says of no page that another follows. */
  const without = (count: number, heeds: { readonly n: boolean; readonly last: boolean }) => {
    const all = Array.from({ length: count }, (_, i) => `t${String(i).padStart(4, '0')}`);
    return ({ query }: RegistryRequest): RegistryResponse => {
      const last = heeds.last ? (query.get('last') ?? '') : '';
      const n = heeds.n ? Number(query.get('n')) : count;
      return page({ tags: all.filter((tag) => tag > last).slice(0, n) });
    };
  };

  for (const [count, requests] of [
    [999, 1],
    [1000, 2],
    [2500, 3],
  ] as const) {
    it(`reads on after a full page without a link: ${count} tags in ${requests} requests`, async (t) => {
      const intercept = without(count, { n: true, last: true });
      const { registry, store } = await startListing(t, { intercept });
      const list = await store.listTags({ maxPages: 9 });
      assert.deepEqual([list.tags.size, list.complete, registry.log.length], [count, true, requests]);
    });
  }

  it('does not read on for ever where n and last count for nothing', async (t) => {
    const { registry, store } = await startListing(t, { intercept: without(1500, { n: false, last: false }) });
    const list = await store.listTags({ maxPages: 9 });
    assert.deepEqual([list.tags.size, list.complete, registry.log.length], [1500, true, 2]);
  });

  it('does not take a full page without a link for all there is', async (t) => {
    const { store } = await startListing(t, { intercept: without(2500, { n: true, last: true }) });
    const list = await store.listTags({ maxPages: 1 });
    assert.deepEqual([list.tags.size, list.complete], [1000, false]);
  });

  it('says that there may be more where only last counts for nothing', async (t) => {
    const { store } = await startListing(t, { intercept: without(2500, { n: true, last: false }) });
    const list = await store.listTags({ maxPages: 9 });
    assert.deepEqual([list.tags.size, list.complete], [1000, false]);
  });

  const AFTER_LAST: readonly [status: number, code: string | undefined][] = [
    [400, undefined],
    [404, undefined],
    [401, 'challenge-invalid'],
    [403, 'denied'],
    [408, 'network-timeout'],
    [429, 'rate-limited'],
    [500, 'server-error'],
  ];
  for (const [status, code] of AFTER_LAST) {
    const outcome = code === undefined ? 'keeps the tags that it read' : `fails with ${code}`;
    it(`${outcome} where a registry that names no next page answers ${status} to what comes after the last tag`, async (t) => {
      const paged = without(1000, { n: true, last: true });
      const { store } = await startListing(t, {
        intercept: (request) => (request.query.has('last') ? { status, headers: {} } : paged(request)),
      });
      const listing = store.listTags({ maxPages: 9 });
      if (code !== undefined) return assert.rejects(listing, { code });
      const { tags, complete } = await listing;
      return assert.deepEqual([tags.size, complete], [1000, false]);
    });
  }

  it('refuses a page that a link names and that is not there', async (t) => {
    const { store } = await startListing(t, {
      intercept: ({ path, query }) =>
        query.has('last') ? { status: 404, headers: {} } : page({ tags: ['a'] }, `<${path}?last=a>; rel="next"`),
    });
    await assert.rejects(store.listTags({ maxPages: 9 }), { code: 'manifest-unknown' });
  });

  it('takes null for no tags', async (t) => {
    const { store } = await startListing(t, { intercept: () => page({ name: 'acme/app', tags: null }) });
    assert.deepEqual(await store.listTags({ maxPages: 1 }), { tags: new Set(), complete: true });
  });

  const REFUSED: readonly [title: string, answer: RegistryResponse, code: string][] = [
    ['a 404, which is no word on any one tag', { status: 404, headers: {} }, 'manifest-unknown'],
    ['a 403', { status: 403, headers: {} }, 'denied'],
    ['no list', page({ name: 'acme/app' }), 'response-invalid'],
    ['a page', page('<html>'), 'json-invalid'],
    ['a link to another host', page({ tags: [] }, '<http://elsewhere.example/x>; rel="next"'), 'link-refused'],
  ];
  for (const [title, answer, code] of REFUSED) {
    it(`refuses ${title}`, async (t) => {
      const { store } = await startListing(t, { intercept: () => answer });
      await assert.rejects(store.listTags({ maxPages: 2 }), { code });
    });
  }
});
