import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RequestTrace } from '../../src/net/types.ts';
import { readBody, startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

describe('HTTP client', () => {
  test('gives status, headers in any case, repeated headers apart, and the bytes', async (t) => {
    const server = await startServer(t, (_request, response) => {
      response.writeHead(203, ['Link', '<a>; rel="next"', 'Link', '<b>; rel="prev"', 'X-Odd', ' caf\xe9 ']);
      response.end(Buffer.from([0, 255, 10]));
    });
    const response = await makeClient(t).request({ method: 'GET', url: new URL('/v2/?n=1', server.url) }, 10);
    assert.equal(response.status, 203);
    assert.deepEqual(response.headers.all('LINK'), ['<a>; rel="next"', '<b>; rel="prev"']);
    assert.equal(response.headers.get('x-odd'), 'caf\xe9');
    assert.equal(response.headers.get('x-none'), undefined);
    assert.deepEqual([...response.bytes], [0, 255, 10]);
    assert.equal(response.url.href, new URL('/v2/?n=1', server.url).href);
  });

  test('asks for identity encoding, whatever the caller says, and names itself', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const client = makeClient(t, { userAgent: 'oci-referrers/1.2' });
    await client.request({ method: 'GET', url: server.url, headers: { 'accept-encoding': 'gzip', accept: 'a/b' } }, 10);
    const { headers } = server.requests[0]!;
    assert.equal(headers['accept-encoding'], 'identity');
    assert.equal(headers['user-agent'], 'oci-referrers/1.2');
    assert.equal(headers.accept, 'a/b');
  });

  test('keeps connections alive, HEAD and errors included', async (t) => {
    const server = await startServer(t, (request, response) => {
      response.statusCode = request.url === '/404' ? 404 : 200;
      response.end('x');
    });
    const client = makeClient(t);
    for (const method of ['HEAD', 'GET', 'HEAD', 'DELETE'] as const) {
      await client.request({ method, url: new URL('/404', server.url) }, 10);
    }
    assert.equal(server.requests.length, 4);
    assert.equal(server.connections, 1);
  });

  test('opens no more connections to one origin than `concurrency`', async (t) => {
    let now = 0;
    let most = 0;
    const server = await startServer(t, (_request, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.end();
      }, 20);
    });
    const client = makeClient(t, { concurrency: 3 });
    await Promise.all(Array.from({ length: 9 }, () => client.request({ method: 'GET', url: server.url }, 10)));
    assert.equal(server.requests.length, 9);
    assert.equal(most, 3);
    assert.equal(server.connections, 3);
  });

  test('reads 60 KiB of response headers, and refuses 70 KiB as response-invalid', async (t) => {
    const server = await startServer(t, (request, response) => {
      for (let i = 0; i < Number(request.url?.slice(1)); i++) response.setHeader(`x-${i}`, 'v'.repeat(1020));
      response.end('body');
    });
    const client = makeClient(t);
    const fits = await client.request({ method: 'GET', url: new URL('/60', server.url) }, 10);
    assert.equal(fits.headers.get('x-59')?.length, 1020);
    const tooMuch = client.request({ method: 'GET', url: new URL('/70', server.url) }, 10);
    await assert.rejects(tooMuch, { code: 'response-invalid', message: /headers are larger than 64 KiB/ });
  });

  test('an answer that is not HTTP is response-invalid', async (t) => {
    const server = await startServer(t, (_request, response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await assert.rejects(makeClient(t).request({ method: 'GET', url: server.url }, 10), { code: 'response-invalid' });
  });

  test('reports each request on the wire, redirects and retries too, with redacted URLs', async (t) => {
    const traces: RequestTrace[] = [];
    let failures = 1;
    const server = await startServer(t, (request, response) => {
      if (request.url?.startsWith('/from')) response.writeHead(307, { location: '/to?_state=secret&n=5' });
      else if (failures-- > 0) response.statusCode = 503;
      response.end('ok');
    });
    const client = makeClient(t, { onTrace: (trace) => traces.push(trace) });
    await client.request({ method: 'GET', url: new URL('/from', server.url) }, 10);
    assert.deepEqual(
      traces.map(({ method, url, status, attempt }) => [method, url, status, attempt]),
      [
        ['GET', `${server.url.origin}/from`, 307, 1],
        ['GET', `${server.url.origin}/to?_state=***&n=5`, 503, 1],
        ['GET', `${server.url.origin}/from`, 307, 2],
        ['GET', `${server.url.origin}/to?_state=***&n=5`, 200, 2],
      ],
    );
    assert.ok(traces.every((trace) => trace.milliseconds >= 0 && trace.error === undefined));
  });

  test('an error names method, redacted URL and attempts, and is traced with its code', async (t) => {
    const traces: RequestTrace[] = [];
    const server = await startServer(t, (_request, response) => response.socket?.destroy());
    const client = makeClient(t, { retries: 1, onTrace: (trace) => traces.push(trace) });
    const url = new URL('/v2/?token=secret', server.url);
    url.password = 'secret';
    await assert.rejects(client.request({ method: 'GET', url }, 10), {
      name: 'NetError',
      code: 'network-unreachable',
      method: 'GET',
      url: `${server.url.origin}/v2/?token=***`,
      attempts: 2,
      exitCode: 3,
    });
    assert.deepEqual(
      traces.map((trace) => [trace.status, trace.error, trace.attempt]),
      [
        [undefined, 'network-unreachable', 1],
        [undefined, 'network-unreachable', 2],
      ],
    );
  });

  test('nothing listening and no such host are network-unreachable, with a hint', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const dead = new URL(server.url);
    const gone = await startServer({ after: () => {} }, (_request, response) => response.end());
    dead.port = String(gone.port);
    await gone.stop();
    const client = makeClient(t, {
      retries: 1,
      lookup: (hostname, _options, callback) =>
        callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), []),
    });
    await assert.rejects(client.request({ method: 'GET', url: dead }, 10), {
      code: 'network-unreachable',
      attempts: 2,
      hint: /is the registry up/,
    });
    await assert.rejects(client.request({ method: 'GET', url: new URL('http://no.such.example/') }, 10), {
      code: 'network-unreachable',
      attempts: 1, // A name that does not exist is not tried again.
      hint: /check the spelling/,
    });
  });

  test('sends bytes with their length', async (t) => {
    const bodies: Buffer[] = [];
    const server = await startServer(t, async (request, response) => {
      bodies.push(await readBody(request));
      response.end();
    });
    const client = makeClient(t);
    await client.request({ method: 'PUT', url: server.url, body: Buffer.from('héllo') }, 10);
    await client.request({ method: 'POST', url: server.url, body: new Uint8Array(0) }, 10);
    await client.request({ method: 'POST', url: server.url }, 10);
    assert.deepEqual(
      server.requests.map((request) => request.headers['content-length']),
      ['6', '0', '0'],
    );
    assert.deepEqual(bodies.map(String), ['héllo', '', '']);
  });
});
