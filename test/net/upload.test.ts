import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { StreamBody } from '../../src/net/types.ts';
import { readBody, startRawServer, startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

const MIB = 1024 * 1024;

/** `count` chunks of `chunkBytes`, announced as `size`. */
function makeBody(count: number, chunkBytes: number, size = count * chunkBytes): StreamBody & { opened: number } {
  return {
    size,
    opened: 0,
    async *open() {
      this.opened++;
      for (let i = 0; i < count; i++) yield new Uint8Array(chunkBytes).fill(i);
    },
  };
}

describe('streamed uploads', () => {
  test('go out with their Content-Length, byte for byte, and report what was sent', async (t) => {
    let got: Buffer | undefined;
    const server = await startServer(t, async (request, response) => {
      got = await readBody(request);
      response.writeHead(201).end();
    });
    const sent: number[] = [];
    const client = makeClient(t);
    const body = makeBody(5, 1000);
    const response = await client.request({ method: 'PUT', url: server.url, body, onSent: (n) => sent.push(n) }, 10);
    assert.equal(response.status, 201);
    assert.equal(server.requests[0]!.headers['content-length'], '5000');
    assert.equal(server.requests[0]!.headers['transfer-encoding'], undefined);
    assert.deepEqual([...new Set(got)], [0, 1, 2, 3, 4]);
    assert.equal(got?.length, 5000);
    assert.deepEqual(sent, [1000, 2000, 3000, 4000, 5000]);
    assert.equal(client.economy.bytesSent, 5000);
  });

  test('of bytes report what was sent too', async (t) => {
    const server = await startServer(t, async (request, response) => response.end(await readBody(request)));
    const sent: number[] = [];
    const body = new Uint8Array(3000);
    await makeClient(t).request({ method: 'PUT', url: server.url, body, onSent: (n) => sent.push(n) }, 5000);
    assert.deepEqual(sent, [3000]);
  });

  test('of zero bytes have a Content-Length of 0', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    await makeClient(t).request({ method: 'PUT', url: server.url, body: makeBody(0, 0) }, 10);
    assert.equal(server.requests[0]!.headers['content-length'], '0');
  });

  test('keep the connection for the next request', async (t) => {
    const server = await startServer(t, async (request, response) => {
      await readBody(request);
      response.end();
    });
    const client = makeClient(t);
    for (let i = 0; i < 3; i++) await client.request({ method: 'PUT', url: server.url, body: makeBody(3, 1000) }, 10);
    assert.equal(server.connections, 1);
  });

  for (const [what, count] of [
    ['longer', 6],
    ['shorter', 4],
  ] as const) {
    test(`from a source that turns out ${what} than announced fail as file-changed, and are not tried again`, async (t) => {
      const server = await startServer(t, async (request, response) => {
        await readBody(request).catch(() => {});
        response.end();
      });
      const body = makeBody(count, 1000, 5000);
      const got = makeClient(t).request({ method: 'PUT', url: server.url, body }, 10);
      await assert.rejects(got, { code: 'file-changed', message: /5000 bytes were announced/ });
      assert.equal(body.opened, 1);
    });
  }

  test('pass on what their source throws', async (t) => {
    const server = await startServer(t, (request) => request.resume().on('error', () => {}));
    const client = makeClient(t);
    const coded = new CodedError('file-unreadable', 'sbom.json: EIO');
    const failing = (thrown: Error): StreamBody => ({
      size: 5000,
      async *open() {
        yield new Uint8Array(1000);
        throw thrown;
      },
    });
    const asItIs = client.request({ method: 'PUT', url: server.url, body: failing(coded) }, 10);
    await assert.rejects(asItIs, (thrown) => thrown === coded);
    const wrapped = client.request({ method: 'PUT', url: server.url, body: failing(new TypeError('odd')) }, 10);
    await assert.rejects(wrapped, { code: 'file-unreadable', message: /odd/ });
  });

  test('wait for a server that is slow to read: memory stays flat', async (t) => {
    let produced = 0;
    const body: StreamBody = {
      size: 200 * MIB,
      async *open() {
        for (; produced < 200; produced++) yield Buffer.alloc(MIB);
      },
    };
    let release: (() => void) | undefined;
    const server = await startServer(t, (request, response) => {
      release = () => request.resume().on('end', () => response.end());
    });
    const client = makeClient(t);
    const got = client.request({ method: 'PUT', url: server.url, body }, 10);
    let before = -1;
    while (before !== produced || produced === 0) {
      before = produced;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(produced < 40, `${produced} MiB were taken from the source while nobody read`);
    const rss = process.memoryUsage().rss;
    release?.();
    assert.equal((await got).status, 200);
    assert.equal(client.economy.bytesSent, 200 * MIB);
    assert.ok(process.memoryUsage().rss - rss < 120 * MIB, 'memory grew with the upload');
  });
});

describe('a server that answers before it has read the body', () => {
  for (const status of [401, 413]) {
    test(`${status} and keeps reading: the answer is returned`, async (t) => {
      const server = await startServer(t, (request, response) => {
        response.writeHead(status).end('early');
        request.resume();
      });
      const client = makeClient(t, { retries: 0 });
      const response = await client.request({ method: 'PUT', url: server.url, body: makeBody(50, MIB) }, 100);
      assert.equal(response.status, status);
      assert.equal(Buffer.from(response.bytes).toString(), 'early');
      assert.ok(client.economy.bytesSent <= 50 * MIB);
    });

    test(`${status} and hangs up without reading: the answer is returned`, async (t) => {
      const server = await startRawServer(t, (socket) => {
        socket.once('data', () => {
          socket.pause();
          socket.end(`HTTP/1.1 ${status} Early\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly`, () =>
            setTimeout(() => socket.destroy(), 20),
          );
        });
      });
      const client = makeClient(t, { retries: 0 });
      const response = await client.request({ method: 'PUT', url: server, body: makeBody(50, MIB) }, 100);
      assert.equal(response.status, status);
      assert.equal(Buffer.from(response.bytes).toString(), 'early');
    });
  }

  test('the next request is not disturbed by what was still on its way', async (t) => {
    const server = await startServer(t, (request, response) => {
      if (request.method === 'PUT') response.writeHead(401).end();
      else response.end('fine');
    });
    const client = makeClient(t, { retries: 0 });
    await client.request({ method: 'PUT', url: server.url, body: makeBody(20, MIB) }, 100);
    const next = await client.request({ method: 'GET', url: server.url }, 100);
    assert.equal(Buffer.from(next.bytes).toString(), 'fine');
  });
});
