import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { startRawServer, startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

describe('timeouts', () => {
  test('a server that never answers is network-timeout, after the retries', async (t) => {
    const server = await startServer(t, () => {});
    const got = makeClient(t, { timeoutMs: 150, retries: 1 }).request({ method: 'GET', url: server.url }, 10);
    await assert.rejects(got, {
      code: 'network-timeout',
      attempts: 2,
      message: /no response in time/,
      hint: /timeout/,
    });
    assert.equal(server.requests.length, 2);
  });

  test('a connection that does not come about is network-timeout', async (t) => {
    const silent = await startRawServer(t, () => {});
    const client = makeClient(t, { timeoutMs: 150, retries: 1 });
    const got = client.request({ method: 'POST', url: new URL(`https://${silent.host}/`) }, 10);
    await assert.rejects(got, { code: 'network-timeout', attempts: 2, message: /no connection in time/ });
  });

  test('a body that stops in the middle is network-timeout, buffered or streamed', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    const client = makeClient(t, { timeoutMs: 150, retries: 0 });
    const expected = { code: 'network-timeout', message: /stopped in the middle/ };
    await assert.rejects(client.request({ method: 'GET', url: server.url }, 1000), expected);
    const streamed = await client.stream({ method: 'GET', url: server.url });
    await assert.rejects(async () => {
      for await (const _chunk of streamed.body());
    }, expected);
  });

  test('a slow body that keeps coming is no timeout', async (t) => {
    const server = await startServer(t, (_request, response) => {
      let left = 10;
      const timer = setInterval(() => {
        response.write('x');
        if (--left > 0) return;
        clearInterval(timer);
        response.end();
      }, 60);
    });
    const client = makeClient(t, { timeoutMs: 300, retries: 0 });
    const response = await client.request({ method: 'GET', url: server.url }, 1000);
    assert.equal(response.bytes.length, 10);
  });

  test('a reader that takes its time is no timeout', async (t) => {
    const size = 3_000_000;
    const server = await startServer(t, (_request, response) => response.end(Buffer.alloc(size)));
    const client = makeClient(t, { timeoutMs: 150, retries: 0 });
    const response = await client.stream({ method: 'GET', url: server.url });
    let got = 0;
    for await (const chunk of response.body()) {
      if (got === 0) await new Promise((resolve) => setTimeout(resolve, 500));
      got += chunk.byteLength;
    }
    assert.equal(got, size);
  });

  test('a server that stops reading an upload is network-timeout', async (t) => {
    const server = await startServer(t, (request) => request.pause());
    const body = {
      size: 50_000_000,
      async *open() {
        for (let i = 0; i < 50; i++) yield new Uint8Array(1_000_000);
      },
    };
    const got = makeClient(t, { timeoutMs: 200, retries: 0 }).request({ method: 'PUT', url: server.url, body }, 10);
    await assert.rejects(got, { code: 'network-timeout' });
  });
});

describe('abort', () => {
  test('before anything is sent sends nothing', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const client = makeClient(t);
    const got = client.request({ method: 'GET', url: server.url, signal: AbortSignal.abort() }, 10);
    await assert.rejects(got, { code: 'aborted' });
    assert.equal(server.requests.length, 0);
    assert.equal(client.economy.requests, 0);
  });

  test('while waiting for the answer ends the request, and is not tried again', async (t) => {
    const abort = new AbortController();
    const server = await startServer(t, () => abort.abort());
    const got = makeClient(t).request({ method: 'GET', url: server.url, signal: abort.signal }, 10);
    await assert.rejects(got, { code: 'aborted' });
    await server.idle();
    assert.equal(server.requests.length, 1);
  });

  test('a reason that is a coded error is thrown as it is: the total deadline, for one', async (t) => {
    const deadline = new AbortController();
    const reason = new CodedError('deadline-exceeded', 'the run took longer than 900 s');
    const server = await startServer(t, () => deadline.abort(reason));
    const client = makeClient(t, { signal: deadline.signal });
    await assert.rejects(client.request({ method: 'GET', url: server.url }, 10), (thrown) => thrown === reason);
    await assert.rejects(client.request({ method: 'GET', url: server.url }, 10), (thrown) => thrown === reason);
    assert.equal(server.requests.length, 1);
  });

  test('in the middle of a body ends the body, buffered or streamed', async (t) => {
    const abort = new AbortController();
    const server = await startServer(t, (_request, response) => {
      response.write('half');
    });
    const client = makeClient(t);
    const streamed = await client.stream({ method: 'GET', url: server.url, signal: abort.signal });
    const reading = (async () => {
      for await (const _chunk of streamed.body()) abort.abort();
    })();
    await assert.rejects(reading, { code: 'aborted' });
    const other = new AbortController();
    const buffered = client.request({ method: 'GET', url: server.url, signal: other.signal }, 10);
    setTimeout(() => other.abort(), 50);
    await assert.rejects(buffered, { code: 'aborted' });
    await server.idle();
    assert.equal(server.openConnections, 0);
  });

  test('while waiting for a free connection ends the wait', async (t) => {
    const server = await startServer(t, () => {});
    const client = makeClient(t, { concurrency: 1 });
    const end = new AbortController();
    const first = client.request({ method: 'GET', url: server.url, signal: end.signal }, 10);
    const abort = new AbortController();
    const second = client.request({ method: 'GET', url: server.url, signal: abort.signal }, 10);
    setTimeout(() => abort.abort(), 50);
    await assert.rejects(second, { code: 'aborted' });
    end.abort();
    await assert.rejects(first, { code: 'aborted' });
    assert.equal(server.requests.length, 1);
  });

  test('in the middle of an upload closes its source', async (t) => {
    const abort = new AbortController();
    const server = await startServer(t, (request) => request.once('data', () => abort.abort()));
    let closed = false;
    const body = {
      size: 50_000_000,
      async *open() {
        try {
          for (let i = 0; i < 500; i++) yield new Uint8Array(100_000);
        } finally {
          closed = true;
        }
      },
    };
    const got = makeClient(t).request({ method: 'PUT', url: server.url, body, signal: abort.signal }, 10);
    await assert.rejects(got, { code: 'aborted' });
    await server.idle();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(closed, true);
  });

  test('leaves no listener behind on a signal that outlives the request', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const { signal } = new AbortController();
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listeners++;
        if (name === 'removeEventListener') listeners--;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const client = makeClient(t, { signal: counted });
    for (let i = 0; i < 3; i++) await client.request({ method: 'GET', url: server.url }, 10);
    assert.equal(listeners, 0);
  });
});

describe('close', () => {
  test('leaves no socket open: idle, in use, or with an unread body', async (t) => {
    const server = await startServer(t, (request, response) => {
      if (request.url === '/idle') response.end();
      if (request.url === '/unread') response.write(Buffer.alloc(1_000_000));
    });
    const client = makeClient(t);
    await client.request({ method: 'GET', url: new URL('/idle', server.url) }, 10);
    await client.stream({ method: 'GET', url: new URL('/unread', server.url) });
    const hanging = client.request({ method: 'GET', url: new URL('/hanging', server.url) }, 10);
    const failed = assert.rejects(hanging, { code: 'aborted', message: /closed/ });
    while (server.requests.length < 3) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(server.openConnections >= 2);
    await client.close();
    await failed;
    await server.idle();
    assert.equal(server.openConnections, 0);
  });

  test('ends the wait for a connection that does not come about', async (t) => {
    const accepted = Promise.withResolvers<Socket>();
    const silent = await startRawServer(t, (socket) => accepted.resolve(socket));
    const client = makeClient(t);
    const url = new URL(`https://${silent.host}/`); // It will never say its part of the TLS handshake.
    const failed = assert.rejects(client.request({ method: 'GET', url }, 10), { code: 'aborted' });
    const socket = await accepted.promise;
    const hungUp = new Promise((resolve) => socket.resume().once('end', resolve));
    await client.close();
    await failed;
    await hungUp;
  });

  test('is final: a later request fails as aborted, and closing twice is fine', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const client = makeClient(t);
    await client.close();
    await client.close();
    await assert.rejects(client.request({ method: 'GET', url: server.url }, 10), { code: 'aborted' });
    assert.equal(server.requests.length, 0);
  });
});
