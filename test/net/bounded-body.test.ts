import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

describe('response bodies', () => {
  test('of exactly the limit are read, one byte more is response-too-large', async (t) => {
    const server = await startServer(t, (request, response) => {
      response.write('x'.repeat(Number(request.url?.slice(1)))); // Chunked: no Content-Length.
      response.end();
    });
    const client = makeClient(t);
    const whole = await client.request({ method: 'GET', url: new URL('/1000', server.url) }, 1000);
    assert.equal(whole.bytes.length, 1000);
    const longer = client.request({ method: 'GET', url: new URL('/1001', server.url) }, 1000);
    await assert.rejects(longer, { code: 'response-too-large', message: /at most 1000 bytes/ });
    assert.equal(server.requests.length, 2, 'not tried again');
  });

  test('are read once: a second reader gets an error, and no empty body', async (t) => {
    const server = await startServer(t, (_request, response) => response.end('whole'));
    const read = async (body: AsyncIterable<Uint8Array>): Promise<string> =>
      Buffer.concat(await Array.fromAsync(body)).toString();
    const client = makeClient(t);
    const response = await client.stream({ method: 'GET', url: server.url });
    assert.equal(await read(response.body()), 'whole');
    await assert.rejects(read(response.body()), { code: 'internal', message: /can be read once only/ });
    const discarded = await client.stream({ method: 'GET', url: server.url });
    await discarded.discard();
    await assert.rejects(read(discarded.body()), { code: 'internal', message: /can be read once only/ });
  });

  test('are refused by their Content-Length before the body comes', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '5000000000' });
      response.flushHeaders(); // And not one byte of the body, ever.
    });
    const got = makeClient(t).request({ method: 'GET', url: server.url }, 1000);
    await assert.rejects(got, { code: 'response-too-large', message: /5000000000 bytes/ });
  });

  test('endless ones cost no more than the limit', async (t) => {
    let wanted = true;
    const server = await startServer(t, (_request, response) => {
      const pump = (): void => {
        while (wanted && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', pump).on('close', () => {
        wanted = false;
      });
      pump();
    });
    const client = makeClient(t);
    await assert.rejects(client.request({ method: 'GET', url: server.url }, 100_000), { code: 'response-too-large' });
    await server.idle();
    assert.ok(client.economy.bytesReceived < 4_000_000, `${client.economy.bytesReceived} bytes`);
  });

  test('a HEAD may announce any size', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '5000000000', 'content-encoding': 'gzip' });
      response.end();
    });
    const head = await makeClient(t).request({ method: 'HEAD', url: server.url }, 0);
    assert.equal(head.headers.get('content-length'), '5000000000');
    assert.equal(head.bytes.length, 0);
  });

  test('that end before their Content-Length are response-truncated, after the retries', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    const got = makeClient(t, { retries: 2 }).request({ method: 'GET', url: server.url }, 1000);
    await assert.rejects(got, { code: 'response-truncated', attempts: 3 });
    assert.equal(server.requests.length, 3);
  });

  test('chunked ones without their last chunk are response-truncated', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.write('half', () => response.socket?.end());
    });
    const got = makeClient(t, { retries: 0 }).request({ method: 'GET', url: server.url }, 1000);
    await assert.rejects(got, { code: 'response-truncated' });
  });

  test('a connection lost in the middle of one is made good by another attempt', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '8' });
      if (server.requests.length > 1) response.end('complete');
      else response.write('comp', () => response.socket?.destroy());
    });
    const client = makeClient(t);
    const response = await client.request({ method: 'GET', url: server.url }, 1000);
    assert.equal(Buffer.from(response.bytes).toString(), 'complete');
    assert.equal(client.economy.retries, 1);
  });

  test('bytes past the Content-Length are no part of it, nor of the next answer', async (t) => {
    const server = await startServer(t, (request, response) => {
      if (request.url === '/next') response.end('next');
      else
        response.socket?.write(
          'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfourHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
        );
    });
    const client = makeClient(t);
    const first = await client.request({ method: 'GET', url: server.url }, 1000);
    assert.equal(Buffer.from(first.bytes).toString(), 'four');
    const next = await client.request({ method: 'GET', url: new URL('/next', server.url) }, 1000);
    assert.equal(Buffer.from(next.bytes).toString(), 'next');
  });

  test('packed although identity was asked for are response-invalid and never unpacked', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(Buffer.alloc(1_000_000)));
    });
    const client = makeClient(t);
    const expected = { code: 'response-invalid', message: /encoded as "gzip"/ };
    await assert.rejects(client.request({ method: 'GET', url: server.url }, 2_000_000), expected);
    await assert.rejects(client.stream({ method: 'GET', url: server.url }), expected);
    assert.ok(client.economy.bytesReceived < 4000);
  });

  test('"Content-Encoding: identity" is no encoding', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.setHeader('content-encoding', 'identity');
      response.end('plain');
    });
    const response = await makeClient(t).request({ method: 'GET', url: server.url }, 10);
    assert.equal(Buffer.from(response.bytes).toString(), 'plain');
  });
});

describe('streamed responses', () => {
  test('arrive in order and whole, with back-pressure on the sender', async (t) => {
    const total = 8_000_000;
    let written = 0;
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': String(total) });
      const pump = (): void => {
        while (written < total) {
          const chunk = Buffer.alloc(Math.min(100_000, total - written), written / 100_000);
          written += chunk.length;
          if (!response.write(chunk)) return;
        }
        response.end();
      };
      response.on('drain', pump);
      pump();
    });
    const client = makeClient(t);
    const response = await client.stream({ method: 'GET', url: server.url });
    const body = response.body()[Symbol.asyncIterator]();
    let chunk = await body.next();
    assert.equal(chunk.done, false);
    // The reader stands still: what the client holds is bounded, however much the server would like to send.
    await settled(() => client.economy.bytesReceived);
    assert.ok(client.economy.bytesReceived < 1_000_000, `${client.economy.bytesReceived} bytes were buffered`);
    let offset = 0;
    while (chunk.done !== true) {
      for (const byte of chunk.value) if (byte !== Math.floor(offset++ / 100_000) % 256) assert.fail(`at ${offset}`);
      chunk = await body.next();
    }
    assert.equal(offset, total);
  });

  test('that end early throw response-truncated after the bytes that came', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    const response = await makeClient(t).stream({ method: 'GET', url: server.url });
    const got: string[] = [];
    const reading = (async () => {
      for await (const chunk of response.body()) got.push(Buffer.from(chunk).toString());
    })();
    await assert.rejects(reading, { code: 'response-truncated' });
    assert.deepEqual(got, ['half']);
  });

  test('discarded short ones leave the connection for the next request', async (t) => {
    const server = await startServer(t, (_request, response) => response.end('x'.repeat(1000)));
    const client = makeClient(t);
    for (let i = 0; i < 5; i++) {
      const response = await client.stream({ method: 'GET', url: server.url });
      await response.discard();
    }
    assert.equal(server.connections, 1);
  });

  test('discarded long ones, and those left in the middle, give up their connection', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.on('drain', () => response.write(Buffer.alloc(65_536)));
      response.write(Buffer.alloc(10_000_000));
    });
    const client = makeClient(t);
    const discarded = await client.stream({ method: 'GET', url: server.url });
    await discarded.discard();
    await server.idle();
    const left = await client.stream({ method: 'GET', url: server.url });
    for await (const _chunk of left.body()) break;
    await server.idle();
    assert.equal(server.connections, 2);
    assert.equal(server.openConnections, 0);
  });
});

/** Waits until a figure stands still for a while. */
async function settled(figure: () => number): Promise<void> {
  for (let before = -1; before !== figure(); ) {
    before = figure();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
