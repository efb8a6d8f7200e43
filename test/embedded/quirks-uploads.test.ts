import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import type { LocationStyle } from '../../src/embedded/quirks.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { clearQuirks } from './clear-quirks.ts';
import { beginUpload, locationOf, pushBlob, send, withDigest } from './registry-client.ts';

describe('quirks of uploads', () => {
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startEmbeddedRegistry({ secondOrigin: true });
  });
  after(() => registry.close());
  afterEach(() => clearQuirks(registry));

  const repo = (): string => `${registry.url}/v2/acme/app`;

  it('answers a single POST with 202 and an upload', async () => {
    registry.quirks.singlePost = false;
    const bytes = randomBytes(10);
    const answer = await send('POST', `${repo()}/blobs/uploads/?digest=${digestOf(bytes)}`, { body: bytes });
    assert.equal(answer.status, 202);
    const closed = await send('PUT', withDigest(locationOf(answer, repo()), digestOf(bytes)), { body: bytes });
    assert.equal(closed.status, 201);
  });

  const locations: [LocationStyle, (location: string) => boolean][] = [
    ['path', (location) => location.startsWith('/v2/acme/app/blobs/uploads/')],
    ['absolute', (location) => location.startsWith(`${registry.url}/v2/`)],
    ['with-state', (location) => location.includes('?_state=')],
    ['path-relative', (location) => !location.includes('/')],
    ['cross-origin', (location) => location.startsWith(`${registry.secondUrl}/v2/`)],
    ['long', (location) => location.length > 20_000],
  ];
  for (const [style, fits] of locations) {
    it(`gives the location in style ${style}, and takes a chunk and the end there`, async () => {
      registry.quirks.uploadLocation = style;
      const base = `${repo()}/blobs/uploads/`;
      const begun = await send('POST', base);
      assert.ok(fits(begun.headers.get('location') ?? ''), begun.headers.get('location') ?? '');
      const first = locationOf(begun, base);
      const bytes = randomBytes(20);
      const patched = await send('PATCH', first, { body: bytes.subarray(0, 10) });
      assert.equal(patched.status, 202, patched.text());
      const closed = await send('PUT', withDigest(locationOf(patched, first), digestOf(bytes)), {
        body: bytes.subarray(10),
      });
      assert.equal(closed.status, 201, closed.text());
      assert.deepEqual((await send('GET', `${repo()}/blobs/${digestOf(bytes)}`)).bytes, bytes);
    });
  }

  it('refuses a location whose query did not come back', async () => {
    registry.quirks.uploadLocation = 'with-state';
    const location = await beginUpload(repo());
    location.search = '';
    assert.equal((await send('PATCH', location, { body: 'x' })).status, 404);
    assert.equal((await send('PUT', withDigest(location, digestOf('x')), { body: 'x' })).status, 404);
  });

  it('answers 416 to a chunk in order, as often as it is told', async () => {
    registry.quirks.rangeErrors = 1;
    const location = await beginUpload(repo());
    const patch = (): ReturnType<typeof send> =>
      send('PATCH', location, { headers: { 'content-range': '0-2' }, body: 'abc' });
    assert.equal((await patch()).status, 416);
    assert.equal((await send('GET', location)).headers.get('range'), '0-0');
    assert.equal((await patch()).status, 202);
    assert.equal(registry.quirks.rangeErrors, 0);
  });

  it('cuts the connection in a chunk, and keeps what it took', async () => {
    registry.quirks.cutChunkAfter = 1000;
    const bytes = randomBytes(5000);
    const location = await beginUpload(repo());
    await assert.rejects(send('PATCH', location, { body: bytes }), { code: 'ECONNRESET' });
    assert.equal(registry.quirks.cutChunkAfter, undefined);
    assert.equal((await send('GET', location)).headers.get('range'), '0-999');
    const headers = { 'content-range': '1000-4999' };
    assert.equal((await send('PATCH', location, { headers, body: bytes.subarray(1000) })).status, 202);
    assert.equal((await send('PUT', withDigest(location, digestOf(bytes)))).status, 201);
  });

  it('refuses what is too large with 413: whole, or by a chunk too many', async () => {
    registry.quirks.maxBlobBytes = 100;
    const location = await beginUpload(repo());
    assert.equal((await send('PUT', withDigest(location, digestOf('x')), { body: randomBytes(101) })).status, 413);
    assert.equal((await send('PATCH', location, { body: randomBytes(80) })).status, 202);
    assert.equal((await send('PATCH', location, { body: randomBytes(21) })).status, 413);
    assert.equal((await send('PATCH', location, { body: randomBytes(20) })).status, 202);
  });

  it('does not mount, or not without `from`', async () => {
    const digest = await pushBlob(`${registry.url}/v2/acme/source`, randomBytes(10));
    const mount = async (query: string): Promise<number> =>
      (await send('POST', `${repo()}/blobs/uploads/?mount=${digest}${query}`)).status;
    registry.quirks.mount = false;
    assert.equal(await mount('&from=acme/source'), 202);
    for (const status of [400, 404] as const) {
      registry.quirks.mount = status;
      assert.equal(await mount(''), status);
    }
    assert.equal(await mount('&from=acme/source'), 201);
  });

  it('knows sha256 alone, as distribution 2.8 does', async () => {
    registry.quirks.sha512 = false;
    const digest = digestOf('x', 'sha512');
    assert.equal((await send('POST', `${repo()}/blobs/uploads/?digest=${digest}`, { body: 'x' })).status, 400);
    assert.equal((await send('POST', `${repo()}/blobs/uploads/?digest-algorithm=sha512`)).status, 400);
    assert.equal((await send('PUT', withDigest(await beginUpload(repo()), digest), { body: 'x' })).status, 400);
    assert.equal((await send('PUT', withDigest(await beginUpload(repo()), digestOf('x')), { body: 'x' })).status, 201);
  });
});
