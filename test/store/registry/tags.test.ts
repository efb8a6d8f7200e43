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

  for (const [count, complete, requests] of [
    [1503, true, 1],
    [1500, false, 2],
    [150, false, 2],
    [100, false, 2],
    [97, true, 1],
    [50, false, 2],
    [20, true, 2],
  ] as const) {
    it(`where n and last count for nothing, takes ${count} tags for ${complete ? 'all there are' : 'what may be cut'}`, async (t) => {
      const { registry, store } = await startListing(t, { intercept: without(count, { n: false, last: false }) });
      const list = await store.listTags({ maxPages: 9 });
      assert.deepEqual([list.tags.size, list.complete, registry.log.length], [count, complete, requests]);
    });
  }

  /** A registry that gives so many at a time, whatever is asked for, and says nothing of it. */
  const capped = (count: number, cap: number) => {
    const all = without(count, { n: false, last: true });
    return async (request: RegistryRequest): Promise<RegistryResponse> => {
      const { body, ...rest } = all(request);
      const { tags } = JSON.parse(new TextDecoder().decode(body as Uint8Array)) as { tags: string[] };
      return { ...rest, body: new TextEncoder().encode(JSON.stringify({ tags: tags.slice(0, cap) })) };
    };
  };

  for (const [count, cap, requests] of [
    [99, 100, 1],
    [100, 100, 2],
    [101, 100, 2],
    [240, 100, 3],
    [300, 100, 4],
    [70, 64, 2],
    [11, 10, 2],
  ] as const) {
    it(`reads all ${count} tags in ${requests} requests of a registry that cuts every page to ${cap} without a word`, async (t) => {
      const { registry, store } = await startListing(t, { intercept: capped(count, cap) });
      const list = await store.listTags({ maxPages: 9 });
      assert.deepEqual([list.tags.size, list.complete, registry.log.length], [count, true, requests]);
    });
  }

  for (const [count, cap, requests] of [
    [70, 25, 3],
    [90, 40, 3],
    [80, 40, 3],
    [200, 75, 3],
    [61, 37, 2],
    [36, 37, 2],
    [74, 37, 3],
  ] as const) {
    it(`asked to be certain, reads all ${count} tags in ${requests} requests of a registry that cuts every page to ${cap} without a word`, async (t) => {
      const { registry, store } = await startListing(t, { intercept: capped(count, cap) });
      const list = await store.listTags({ maxPages: 9, certain: true });
      assert.deepEqual([list.tags.size, list.complete, registry.log.length], [count, true, requests]);
    });
  }

  for (const [count, complete] of [
    [1500, false],
    [150, false],
    [75, false],
    [50, false],
    [97, true],
    [40, true],
    [7, true],
  ] as const) {
    it(`asked to be certain where n and last count for nothing, takes ${count} tags for ${complete ? 'all there are' : 'what may be cut'}, after one more request`, async (t) => {
      const { registry, store } = await startListing(t, { intercept: without(count, { n: false, last: false }) });
      const list = await store.listTags({ maxPages: 9, certain: true });
      assert.deepEqual([list.tags.size, list.complete, registry.log.length], [count, complete, 2]);
    });
  }

  for (const [title, status, code] of [
    ['is as certain as before where there is no such page', 404, undefined],
    ['says that it could not look', 403, 'denied'],
  ] as const) {
    it(`asked to be certain of what no number makes suspect, ${title} (${status})`, async (t) => {
      const paged = without(7, { n: true, last: true });
      const { store } = await startListing(t, {
        intercept: (request) => (request.query.has('last') ? { status, headers: {} } : paged(request)),
      });
      const { tags, complete, error } = await store.listTags({ maxPages: 9, certain: true });
      assert.deepEqual([tags.size, complete, error?.code], [7, code === undefined, code]);
    });
  }

  it('asked to be certain, asks nothing more of a registry that names next pages, or that has no tags', async (t) => {
    const { registry, store } = await startListing(t, {
      intercept: ({ path, query }) =>
        query.has('last') ? page({ tags: ['b'] }) : page({ tags: ['a'] }, `<${path}?last=a>; rel="next"`),
    });
    const list = await store.listTags({ maxPages: 9, certain: true });
    assert.deepEqual([[...list.tags], list.complete, registry.log.length], [['a', 'b'], true, 2]);
    registry.quirks.intercept = () => page({ tags: [] });
    registry.clearLog();
    assert.equal((await store.listTags({ maxPages: 9, certain: true })).complete, true);
    assert.equal(registry.log.length, 1);
  });

  it('takes the word of a registry that names next pages for which page is the last', async (t) => {
    const { registry, store } = await startListing(t, {
      intercept: ({ path, query }) =>
        query.has('last')
          ? page({ tags: Array.from({ length: 50 }, (_, i) => `b${i}`) })
          : page({ tags: Array.from({ length: 50 }, (_, i) => `a${i}`) }, `<${path}?last=a49>; rel="next"`),
    });
    const list = await store.listTags({ maxPages: 9 });
    assert.deepEqual([list.tags.size, list.complete, registry.log.length], [100, true, 2]);
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
    const outcome = code === undefined ? '' : `, with ${code}`;
    it(`keeps the tags that it read${outcome}, where a registry that names no next page answers ${status} to what comes after the last tag`, async (t) => {
      const paged = without(1000, { n: true, last: true });
      const { store } = await startListing(t, {
        intercept: (request) => (request.query.has('last') ? { status, headers: {} } : paged(request)),
      });
      const { tags, complete, error } = await store.listTags({ maxPages: 9 });
      assert.deepEqual([tags.size, complete, error?.code], [1000, false, code]);
    });
  }

  const AFTER_LINK: readonly [title: string, answer: RegistryResponse, code: string][] = [
    ['is not there', { status: 404, headers: {} }, 'manifest-unknown'],
    ['fails', { status: 503, headers: {} }, 'server-error'],
    ['is no list', page('<html>'), 'json-invalid'],
  ];
  for (const [title, answer, code] of AFTER_LINK) {
    it(`keeps the tags that it read, with ${code}, where the page that a link names ${title}`, async (t) => {
      const { store } = await startListing(t, {
        intercept: ({ path, query }) =>
          query.has('last') ? answer : page({ tags: ['a'] }, `<${path}?last=a>; rel="next"`),
      });
      const { tags, complete, error } = await store.listTags({ maxPages: 9 });
      assert.deepEqual([[...tags], complete, error?.code], [['a'], false, code]);
    });
  }

  it('keeps the tags of a page whose link leads to another host, and does not follow that', async (t) => {
    const { store } = await startListing(t, {
      intercept: () => page({ tags: ['a'] }, '<http://elsewhere.example/x>; rel="next"'),
    });
    const { tags, complete, error } = await store.listTags({ maxPages: 9 });
    assert.deepEqual([[...tags], complete, error?.code], [['a'], false, 'link-refused']);
  });

  it('gives no part of a list where the run ends', async (t) => {
    const end = new AbortController();
    const { store } = await startListing(t, {
      intercept: async ({ path, query }) => {
        if (!query.has('last')) return page({ tags: ['a'] }, `<${path}?last=a>; rel="next"`);
        end.abort();
        return page({ tags: ['b'] });
      },
    });
    await assert.rejects(store.listTags({ maxPages: 9, signal: end.signal }), { code: 'aborted' });
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
