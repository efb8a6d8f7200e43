import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { headersAcross } from '../../src/net/redirect.ts';
import { startServer } from '../support/loopback-server.ts';
import { buildSelfSigned } from '../support/self-signed.ts';
import { makeClient } from './make-client.ts';

const SECRETS = {
  authorization: 'Bearer secret',
  cookie: 'session=secret',
  'proxy-authorization': 'Basic secret',
  'x-registry-secret': 'secret',
};

describe('redirects', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    test(`${status} of a GET is followed, and the answer says which URL gave it`, async (t) => {
      const server = await startServer(t, (request, response) => {
        if (request.url === '/from') response.writeHead(status, { location: 'to?x=1#fragment' });
        response.end(request.url);
      });
      const client = makeClient(t);
      const response = await client.request({ method: 'GET', url: new URL('/from', server.url) }, 100);
      assert.equal(Buffer.from(response.bytes).toString(), '/to?x=1');
      assert.equal(response.url.href, new URL('/to?x=1', server.url).href);
      assert.equal(client.economy.requests, 2);
      assert.equal(client.economy.rounds, 2);
    });
  }

  test('a HEAD stays a HEAD', async (t) => {
    const server = await startServer(t, (request, response) => {
      if (request.url === '/from') response.writeHead(303, { location: '/to' });
      response.end();
    });
    await makeClient(t).request({ method: 'HEAD', url: new URL('/from', server.url) }, 100);
    assert.deepEqual(
      server.requests.map((request) => `${request.method} ${request.url}`),
      ['HEAD /from', 'HEAD /to'],
    );
  });

  test('other methods are not followed, nor a GET that must not be, nor a 3xx that names no place', async (t) => {
    const server = await startServer(t, (request, response) => {
      response.writeHead(request.url === '/304' ? 304 : 307, request.url === '/bare' ? {} : { location: '/to' });
      response.end();
    });
    const client = makeClient(t);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      assert.equal((await client.request({ method, url: server.url }, 100)).status, 307);
    }
    assert.equal((await client.request({ method: 'GET', url: server.url, followRedirects: false }, 100)).status, 307);
    assert.equal((await client.request({ method: 'GET', url: new URL('/bare', server.url) }, 100)).status, 307);
    assert.equal((await client.request({ method: 'GET', url: new URL('/304', server.url) }, 100)).status, 304);
    assert.equal(server.requests.length, 7);
  });

  test('a streamed response follows too', async (t) => {
    const storage = await startServer(t, (_request, response) => response.end('blob'));
    const server = await startServer(t, (_request, response) => {
      response.writeHead(307, { location: storage.url.href });
      response.end();
    });
    const response = await makeClient(t).stream({ method: 'GET', url: server.url });
    assert.equal(response.url.href, storage.url.href);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body()) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), 'blob');
  });

  test('within an origin all headers go along', async (t) => {
    const server = await startServer(t, (request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: '/to' });
      response.end();
    });
    await makeClient(t).request({ method: 'GET', url: new URL('/from', server.url), headers: SECRETS }, 100);
    const { headers } = server.requests[1]!;
    for (const [name, value] of Object.entries(SECRETS)) assert.equal(headers[name], value);
  });

  test('credentials never arrive at another port, and do not come back on the way back', async (t) => {
    const other = await startServer(t, (_request, response) => {
      response.writeHead(302, { location: new URL('/back', server.url).href });
      response.end();
    });
    const server = await startServer(t, (request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: other.url.href });
      response.end('home');
    });
    const headers = { ...SECRETS, accept: 'application/json', range: 'bytes=0-1' };
    await makeClient(t).request({ method: 'GET', url: new URL('/from', server.url), headers }, 100);
    for (const request of [other.requests[0]!, server.requests[1]!]) {
      for (const name of Object.keys(SECRETS)) assert.equal(request.headers[name], undefined, `${request.url} ${name}`);
      assert.equal(request.headers.accept, 'application/json');
      assert.equal(request.headers.range, 'bytes=0-1');
    }
    assert.equal(server.requests[0]!.headers.authorization, 'Bearer secret');
  });

  test('credentials never arrive at another host or scheme of the same server', async (t) => {
    const tls = buildSelfSigned();
    const secure = await startServer(t, (_request, response) => response.end('secure'), { tls });
    const named = await startServer(t, (_request, response) => {
      response.writeHead(302, { location: secure.url.href });
      response.end();
    });
    const server = await startServer(t, (_request, response) => {
      response.writeHead(302, { location: `http://localhost:${named.port}/` });
      response.end();
    });
    await makeClient(t, { ca: tls.cert }).request({ method: 'GET', url: server.url, headers: SECRETS }, 100);
    assert.equal(named.requests[0]!.headers.authorization, undefined);
    assert.equal(secure.requests[0]!.headers.authorization, undefined);
  });

  test('a user name in a Location is not sent as a credential', async (t) => {
    const server = await startServer(t, (request, response) => {
      if (request.url === '/from') response.writeHead(302, { location: `http://evil:pw@${request.headers.host}/to` });
      response.end();
    });
    await makeClient(t).request({ method: 'GET', url: new URL('/from', server.url) }, 100);
    assert.equal(server.requests[1]!.headers.authorization, undefined);
  });

  test('from https to http are redirect-refused', async (t) => {
    const tls = buildSelfSigned();
    const plain = await startServer(t, (_request, response) => response.end());
    const server = await startServer(
      t,
      (_request, response) => {
        response.writeHead(302, { location: plain.url.href });
        response.end();
      },
      { tls },
    );
    const got = makeClient(t, { ca: tls.cert }).request({ method: 'GET', url: server.url }, 100);
    await assert.rejects(got, { code: 'redirect-refused', message: /from https: to http:/ });
    assert.equal(plain.requests.length, 0);
  });

  for (const location of ['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://[', 'javascript:alert(1)']) {
    test(`to ${location} are redirect-refused`, async (t) => {
      const server = await startServer(t, (_request, response) => {
        response.writeHead(302, { location });
        response.end();
      });
      await assert.rejects(makeClient(t).request({ method: 'GET', url: server.url }, 100), {
        code: 'redirect-refused',
      });
      assert.equal(server.requests.length, 1);
    });
  }

  test('ten are followed, eleven are a redirect-loop', async (t) => {
    const server = await startServer(t, (request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` });
      response.end(`${left} left`);
    });
    const client = makeClient(t);
    const response = await client.request({ method: 'GET', url: new URL('/10', server.url) }, 100);
    assert.equal(Buffer.from(response.bytes).toString(), '0 left');
    const eleven = client.request({ method: 'GET', url: new URL('/11', server.url) }, 100);
    await assert.rejects(eleven, { code: 'redirect-loop', message: /more than 10 redirects/ });
    assert.equal(server.requests.length, 11 + 11);
  });

  test('that come back to a URL are a redirect-loop at once', async (t) => {
    const server = await startServer(t, (request, response) => {
      response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' });
      response.end();
    });
    const got = makeClient(t).request({ method: 'GET', url: new URL('/a', server.url) }, 100);
    await assert.rejects(got, { code: 'redirect-loop', message: /lead back/ });
    assert.equal(server.requests.length, 2);
  });

  test('303 to another host that answers 404: the answer is that 404 (ghcr.io on the referrers API)', async (t) => {
    const other = await startServer(t, (_request, response) => {
      response.statusCode = 404;
      response.end('not here');
    });
    const server = await startServer(t, (_request, response) => {
      response.writeHead(303, { location: other.url.href });
      response.end();
    });
    const response = await makeClient(t).request({ method: 'GET', url: server.url }, 100);
    assert.equal(response.status, 404);
    assert.equal(response.url.origin, other.url.origin);
  });

  test('303 to another host that stays 429: tried again from the start, then the answer is that 429', async (t) => {
    const other = await startServer(t, (_request, response) => {
      response.statusCode = 429;
      response.end();
    });
    const server = await startServer(t, (_request, response) => {
      response.writeHead(303, { location: other.url.href });
      response.end();
    });
    const response = await makeClient(t, { retries: 2 }).request({ method: 'GET', url: server.url }, 100);
    assert.equal(response.status, 429);
    assert.equal(server.requests.length, 3);
    assert.equal(other.requests.length, 3);
  });
});

describe('headers on the way to another URL', () => {
  const sent = { ...SECRETS, accept: 'application/json', Range: 'bytes=0-1' };
  const harmless = { accept: 'application/json', Range: 'bytes=0-1' };
  const from = new URL('https://registry.example/v2/');
  for (const [what, to, expected] of [
    ['the same origin', 'https://registry.example/v2/acme', sent],
    ['another host', 'https://cdn.example/v2/', harmless],
    ['a host below it', 'https://cdn.registry.example/v2/', harmless],
    ['another port', 'https://registry.example:8443/v2/', harmless],
    ['another scheme', 'http://registry.example/v2/', harmless],
  ] as const) {
    test(`are ${expected === sent ? 'all kept' : 'without secrets'} to ${what}`, () => {
      assert.deepEqual(headersAcross(from, new URL(to), sent), expected);
      assert.deepEqual(headersAcross(new URL(to), from, sent), expected);
    });
  }
});
