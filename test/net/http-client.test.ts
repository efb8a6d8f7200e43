import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createHttpClient } from '../../src/net/http-client.ts';

describe('HTTP client', () => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader('x-method', request.method ?? '');
    response.end(Buffer.concat([Buffer.from(request.url ?? ''), ...chunks]));
  });
  let base: URL;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(() => server.close());

  test('reads a response whole', async (t) => {
    const client = createHttpClient();
    t.after(() => client.close());
    const got = await client.request({ method: 'GET', url: new URL('/v2/?a=b', base) }, 100);
    assert.equal(got.status, 200);
    assert.equal(Buffer.from(got.bytes).toString(), '/v2/?a=b');
  });

  test('sends bytes and streams, and streams the answer', async (t) => {
    const client = createHttpClient();
    t.after(() => client.close());
    const bytes = await client.request({ method: 'PUT', url: new URL('/x', base), body: Buffer.from('hello') }, 100);
    assert.equal(Buffer.from(bytes.bytes).toString(), '/xhello');
    const body = {
      size: 4,
      async *open() {
        yield Buffer.from('ab');
        yield Buffer.from('cd');
      },
    };
    const streamed = await client.stream({ method: 'PUT', url: new URL('/y', base), body });
    const chunks: Uint8Array[] = [];
    for await (const chunk of streamed.body()) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), '/yabcd');
    const head = await client.request({ method: 'HEAD', url: new URL('/z', base) }, 100);
    assert.equal(head.headers.get('X-Method'), 'HEAD');
  });
});
