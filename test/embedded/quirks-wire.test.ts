import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, afterEach, before, describe, it } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { errorResponse, jsonResponse } from '../../src/embedded/exchange.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { clearQuirks } from './clear-quirks.ts';
import { type Answer, pushBlob, pushManifest, send } from './registry-client.ts';

describe('quirks of the wire', () => {
  let registry: EmbeddedRegistry;
  before(async () => {
    registry = await startEmbeddedRegistry({ secondOrigin: true });
  });
  after(() => registry.close());
  afterEach(() => clearQuirks(registry));

  const repo = (): string => `${registry.url}/v2/acme/app`;
  const base = (): Promise<Answer> => send('GET', `${registry.url}/v2/`);

  it('answers what a script says, and lets the rest through', async () => {
    const scripted = [errorResponse(503, 'UNKNOWN', 'not yet'), jsonResponse(200, { ok: 1 }, { 'x-a': ['1', '2'] })];
    registry.quirks.intercept = ({ path }) => (path === '/v2/' ? scripted.shift() : undefined);
    assert.equal((await base()).status, 503);
    const second = await base();
    assert.deepEqual([second.json(), second.headers.get('x-a')], [{ ok: 1 }, '1, 2']);
    assert.equal((await base()).text(), '{}');
  });

  it('limits the rate so many times, with each form of Retry-After', async () => {
    registry.quirks.rateLimit = { form: 'seconds', seconds: 7, times: 1 };
    const limited = await base();
    assert.deepEqual(
      [limited.status, limited.headers.get('retry-after'), limited.errorCodes()],
      [429, '7', ['TOOMANYREQUESTS']],
    );
    assert.equal((await base()).status, 200);
    registry.quirks.rateLimit = { form: 'date', seconds: 60 };
    const date = Date.parse((await base()).headers.get('retry-after') ?? '');
    assert.ok(Math.abs(date - Date.now() - 60_000) < 5000);
    registry.quirks.rateLimit = { form: 'none' };
    assert.equal((await base()).headers.get('retry-after'), null);
    registry.quirks.rateLimit = { form: 'go-duration', seconds: 0.001 };
    const go = await base();
    assert.equal(go.headers.get('retry-after'), null);
    assert.match(go.text(), /retry-after: 1ms, allowed/);
  });

  it('fails the requests that match, as often as it is told', async () => {
    registry.quirks.failure = { status: 502, times: 2, match: ({ method }) => method === 'HEAD' };
    const head = async (): Promise<number> => (await send('HEAD', `${registry.url}/v2/`)).status;
    assert.equal((await base()).status, 200);
    assert.deepEqual([await head(), await head(), await head()], [502, 502, 200]);
  });

  it('sends big headers and warnings', async () => {
    registry.quirks.warnings = ['be careful', 'a "quoted" \\ text'];
    assert.equal((await base()).headers.get('warning'), '299 - "be careful", 299 - "a \\"quoted\\" \\\\ text"');
    registry.quirks.warnings = undefined;
    registry.quirks.bigHeader = 21_000;
    const request = get(`${registry.url}/v2/`, { maxHeaderSize: 64 * 1024 });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.headers['x-big-header']?.length, 21_000);
  });

  it('redirects a blob to the other origin, where it is without credentials', async () => {
    const bytes = randomBytes(10);
    const digest = await pushBlob(repo(), bytes);
    registry.quirks.blobRedirect = true;
    const answer = await send('GET', `${repo()}/blobs/${digest}`);
    assert.equal(answer.status, 307);
    const location = new URL(answer.headers.get('location') ?? '');
    assert.equal(location.origin, registry.secondUrl);
    assert.deepEqual((await send('GET', location)).bytes, bytes);
    assert.equal((await send('HEAD', `${repo()}/blobs/${digest}`)).status, 200);
  });

  it('changes one byte, of manifests and of blobs', async () => {
    const bytes = randomBytes(100_000);
    const digest = await pushBlob(repo(), bytes);
    const manifest = await pushManifest(repo(), 'v1', { mediaType: OCI_INDEX, manifests: [] });
    for (const [path, original] of [
      [`blobs/${digest}`, bytes],
      ['manifests/v1', manifest.bytes],
    ] as const) {
      registry.quirks.bodyFault = { kind: 'flip', times: 1 };
      const answer = await send('GET', `${repo()}/${path}`);
      const changed = answer.bytes.filter((byte, i) => byte !== original[i]);
      assert.deepEqual([answer.bytes.byteLength, changed.byteLength], [original.byteLength, 1]);
      assert.deepEqual((await send('GET', `${repo()}/${path}`)).bytes, Buffer.from(original));
    }
  });

  it('cuts a body after one half', async () => {
    const digest = await pushBlob(repo(), randomBytes(100_000));
    registry.quirks.bodyFault = { kind: 'truncate', times: 1 };
    const response = await fetch(`${repo()}/blobs/${digest}`);
    assert.equal(response.headers.get('content-length'), '100000');
    let count = 0;
    await assert.rejects(async () => {
      for await (const chunk of response.body ?? []) count += (chunk as Uint8Array).byteLength;
    }, TypeError);
    assert.ok(count <= 50_000, String(count));
  });

  it('stalls after one half until the client goes away', async () => {
    const digest = await pushBlob(repo(), randomBytes(10_000));
    registry.quirks.bodyFault = { kind: 'stall', times: 1 };
    const abort = new AbortController();
    const response = await fetch(`${repo()}/blobs/${digest}`, { signal: abort.signal });
    const reader = response.body?.getReader();
    let count = 0;
    while (count < 5000) count += (await reader?.read())?.value?.byteLength ?? 0;
    assert.equal(count, 5000);
    const next = reader?.read();
    const outcome = await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 50, 'nothing'))]);
    assert.equal(outcome, 'nothing');
    abort.abort();
    await assert.rejects(next ?? Promise.resolve(), { name: 'AbortError' });
  });

  it('makes every request wait', async () => {
    registry.quirks.delayMs = 60;
    const begin = performance.now();
    await base();
    assert.ok(performance.now() - begin >= 55);
  });
});
