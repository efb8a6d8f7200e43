import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { backoff } from '../../src/net/retry.ts';
import type { HttpMethod, RetryPolicy } from '../../src/net/types.ts';
import { readBody, startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

describe('retries by status', () => {
  const table: readonly (readonly [number, HttpMethod, RetryPolicy | undefined, boolean])[] = [
    [408, 'GET', undefined, true],
    [429, 'GET', undefined, true],
    [500, 'GET', undefined, true],
    [502, 'PUT', undefined, true],
    [503, 'HEAD', undefined, true],
    [504, 'DELETE', undefined, true],
    [501, 'GET', undefined, false],
    [505, 'GET', undefined, false],
    [404, 'GET', undefined, false],
    [403, 'GET', undefined, false],
    [412, 'PUT', undefined, false],
    [429, 'POST', undefined, true],
    [503, 'PATCH', undefined, true],
    [500, 'POST', undefined, false],
    [502, 'PATCH', undefined, false],
    [408, 'POST', undefined, false],
    [503, 'PUT', 'never', false],
    [429, 'PUT', 'never', false],
    [500, 'POST', 'idempotent', true],
    [500, 'GET', 'replayable', false],
  ];
  for (const [status, method, retry, again] of table) {
    test(`${status} to ${method}${retry === undefined ? '' : ` (${retry})`} is ${again ? '' : 'not '}tried again`, async (t) => {
      const server = await startServer(t, (_request, response) => {
        response.statusCode = server.requests.length === 1 ? status : 200;
        response.end();
      });
      const client = makeClient(t);
      const response = await client.request({ method, url: server.url, retry }, 100);
      assert.equal(response.status, again ? 200 : status);
      assert.equal(server.requests.length, again ? 2 : 1);
      assert.equal(client.economy.retries, again ? 1 : 0);
    });
  }

  test('what still fails after the last attempt is the answer, not an error', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.statusCode = 503;
      response.end(`attempt ${server.requests.length}`);
    });
    const client = makeClient(t, { retries: 3 });
    const response = await client.request({ method: 'GET', url: server.url }, 100);
    assert.equal(response.status, 503);
    assert.equal(Buffer.from(response.bytes).toString(), 'attempt 4');
    assert.equal(client.economy.requests, 4);
    assert.equal(client.economy.retries, 3);
    const streamed = await client.stream({ method: 'GET', url: server.url });
    assert.equal(streamed.status, 503);
    await streamed.discard();
  });

  test('no retries are made when none are wanted', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.statusCode = 503;
      response.end();
    });
    await makeClient(t, { retries: 0 }).request({ method: 'GET', url: server.url }, 100);
    assert.equal(server.requests.length, 1);
  });

  test('each attempt sends the body anew', async (t) => {
    const bodies: string[] = [];
    let opened = 0;
    const server = await startServer(t, async (request, response) => {
      bodies.push((await readBody(request)).toString());
      response.statusCode = bodies.length < 3 ? 429 : 201;
      response.end();
    });
    const body = {
      size: 6,
      async *open() {
        opened++;
        yield Buffer.from('abc');
        yield Buffer.from('def');
      },
    };
    const response = await makeClient(t).request({ method: 'POST', url: server.url, body }, 100);
    assert.equal(response.status, 201);
    assert.deepEqual(bodies, ['abcdef', 'abcdef', 'abcdef']);
    assert.equal(opened, 3);
  });
});

describe('retries of lost connections', () => {
  for (const [method, retry, attempts] of [
    ['GET', undefined, 3],
    ['PUT', undefined, 3],
    ['POST', undefined, 1],
    ['PUT', 'never', 1],
    ['POST', 'idempotent', 3],
  ] as const) {
    test(`a ${method}${retry === undefined ? '' : ` (${retry})`} that may have arrived is sent ${attempts} times`, async (t) => {
      const server = await startServer(t, (_request, response) => response.socket?.destroy());
      const got = makeClient(t, { retries: 2 }).request({ method, url: server.url, retry }, 100);
      await assert.rejects(got, { code: 'network-unreachable', attempts });
      assert.equal(server.requests.length, attempts);
    });
  }

  test('a POST that found nobody listening is sent again, since it cannot have arrived', async (t) => {
    const server = await startServer(t, (_request, response) => response.end('up'));
    await server.stop();
    const got = makeClient(t, { retries: 2 }).request({ method: 'POST', url: server.url }, 100);
    await assert.rejects(got, { code: 'network-unreachable', attempts: 3 });
  });
});

describe('the wait between attempts', () => {
  test('doubles up to half a minute, with full jitter', () => {
    const highest = [1, 2, 3, 4, 8, 30].map((attempt) => backoff(attempt, 250, () => 1));
    assert.deepEqual(highest, [250, 500, 1000, 2000, 30_000, 30_000]);
    assert.equal(
      backoff(3, 250, () => 0),
      0,
    );
    const some = new Set(Array.from({ length: 20 }, () => backoff(1, 250)));
    assert.ok(some.size > 10, 'waits differ');
    for (const wait of some) assert.ok(wait >= 0 && wait <= 250);
  });

  const forms: readonly (readonly [string, () => Record<string, string>, string, number])[] = [
    ['seconds', () => ({ 'retry-after': '1' }), '', 900],
    ['an HTTP date', () => ({ 'retry-after': new Date(Date.now() + 2500).toUTCString() }), '', 900],
    ['a Go duration', () => ({ 'retry-after': '300.5ms' }), '', 250],
    [
      "a Go duration in ghcr's message",
      () => ({}),
      '{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 300ms, allowed: 44000/minute"}]}',
      250,
    ],
  ];
  for (const [form, headers, body, atLeast] of forms) {
    test(`is at least what Retry-After asks for as ${form}`, async (t) => {
      const at: number[] = [];
      const server = await startServer(t, (_request, response) => {
        at.push(performance.now());
        response.writeHead(at.length === 1 ? 429 : 200, at.length === 1 ? headers() : {});
        response.end(body);
      });
      const response = await makeClient(t).request({ method: 'GET', url: server.url }, 1000);
      assert.equal(response.status, 200);
      assert.ok(at[1]! - at[0]! >= atLeast, `${at[1]! - at[0]!} ms`);
    });
  }

  test('that would be longer than a minute is not waited: the answer is returned, body and all', async (t) => {
    const server = await startServer(t, (request, response) => {
      const inBody = request.url === '/body';
      response.writeHead(429, inBody ? {} : { 'retry-after': '3600' });
      response.end('{"message":"retry-after: 1h0m0s"}');
    });
    const client = makeClient(t);
    for (const path of ['/header', '/body']) {
      const response = await client.request({ method: 'GET', url: new URL(path, server.url) }, 1000);
      assert.equal(response.status, 429);
      assert.equal(Buffer.from(response.bytes).toString(), '{"message":"retry-after: 1h0m0s"}');
    }
    assert.equal(server.requests.length, 2);
  });

  test('ends at once when the request is aborted', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(503, { 'retry-after': '30' });
      response.end();
    });
    const abort = new AbortController();
    const client = makeClient(t, {
      onTrace: (trace) => {
        if (trace.status === 503) setImmediate(() => setTimeout(() => abort.abort(), 20));
      },
    });
    await assert.rejects(client.request({ method: 'GET', url: server.url, signal: abort.signal }, 100), {
      code: 'aborted',
    });
    assert.equal(server.requests.length, 1);
  });
});
