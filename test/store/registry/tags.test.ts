import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RegistryResponse } from '../../../src/embedded/exchange.ts';
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
