import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { describe, test } from 'node:test';
import type { NetError } from '../../src/net/net-error.ts';
import { proxyFor } from '../../src/net/proxy.ts';
import { startProxy } from '../support/loopback-proxy.ts';
import { readBody, startRawServer, startServer } from '../support/loopback-server.ts';
import { buildSelfSigned } from '../support/self-signed.ts';
import { makeClient } from './make-client.ts';

const PROXY = 'http://proxy.example:3128';
const BOTH = { http_proxy: PROXY, https_proxy: PROXY };

describe('the proxy for a URL', () => {
  const named: readonly (readonly [string, Readonly<Record<string, string>>, string | undefined])[] = [
    ['https://ghcr.io/', {}, undefined],
    ['https://ghcr.io/', { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ['https://ghcr.io/', { https_proxy: PROXY }, `${PROXY}/`],
    ['https://ghcr.io/', { https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' }, 'http://lower:1/'],
    ['https://ghcr.io/', { https_proxy: '', HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ['https://ghcr.io/', { HTTP_PROXY: PROXY }, undefined],
    ['http://registry.corp/', { HTTPS_PROXY: PROXY }, undefined],
    ['http://registry.corp/', { HTTP_PROXY: PROXY }, `${PROXY}/`],
    ['https://ghcr.io/', { HTTPS_PROXY: 'proxy.example:3128' }, `${PROXY}/`],
    ['https://ghcr.io/', { HTTPS_PROXY: ' ' }, undefined],
    ['https://ghcr.io/', { HTTPS_PROXY: 'http://[fd00::1]:3128' }, 'http://[fd00::1]:3128/'],
  ];
  for (const [url, env, expected] of named) {
    test(`${url} with ${JSON.stringify(env)}: ${expected ?? 'none'}`, () => {
      assert.equal(proxyFor(new URL(url), env)?.href, expected);
    });
  }

  const exempt: readonly (readonly [string, string, boolean])[] = [
    ['https://ghcr.io/', '*', true],
    ['https://ghcr.io/', 'ghcr.io', true],
    ['https://ghcr.io/', 'GHCR.IO', true],
    ['https://ghcr.io./', 'ghcr.io', true],
    ['https://ghcr.io/', 'docker.io, ghcr.io', true],
    ['https://ghcr.io/', 'docker.io ghcr.io', true],
    ['https://ghcr.io/', 'io', true],
    ['https://ghcr.io/', 'hcr.io', false],
    ['https://ghcr.io/', 'ghcr.io.evil.example', false],
    ['https://ghcr.io/', '', false],
    ['https://ghcr.io/', ' , ,', false],
    ['https://ghcr.io/', '.', false],
    ['https://eu.ghcr.io/', 'ghcr.io', true],
    ['https://eu.ghcr.io/', '.ghcr.io', true],
    ['https://eu.ghcr.io/', '*.ghcr.io', true],
    ['https://ghcr.io/', '.ghcr.io', true],
    ['https://notghcr.io/', '.ghcr.io', false],
    ['https://ghcr.io/', 'ghcr.io:443', true],
    ['https://ghcr.io/', 'ghcr.io:8443', false],
    ['https://ghcr.io:8443/', 'ghcr.io:8443', true],
    ['http://ghcr.io/', 'ghcr.io:80', true],
    ['https://10.1.2.3/', '10.1.2.3', true],
    ['https://10.1.2.3/', '10.0.0.0/8', true],
    ['https://11.1.2.3/', '10.0.0.0/8', false],
    ['https://[fd00::1]:5000/', 'fd00::1', true],
    ['https://[fd00::1]:5000/', '[fd00::1]', true],
    ['https://[fd00::1]:5000/', '[fd00::1]:5000', true],
    ['https://[fd00::1]:5000/', '[fd00:0:0::1]:5000', true],
    ['https://[fd00::1]:5000/', '[fd00::1]:5001', false],
    ['https://[fd00::1]:5000/', 'fd00::/8', true],
    ['https://[fd00::1]:5000/', 'fe80::/10', false],
  ];
  for (const [url, noProxy, expected] of exempt) {
    test(`${url} is ${expected ? '' : 'not '}exempt by NO_PROXY=${JSON.stringify(noProxy)}`, () => {
      assert.equal(proxyFor(new URL(url), { ...BOTH, NO_PROXY: noProxy }) === undefined, expected);
      assert.equal(proxyFor(new URL(url), { ...BOTH, no_proxy: noProxy }) === undefined, expected);
    });
  }

  for (const url of ['http://localhost:5000/', 'http://127.0.0.1:5000/', 'http://[::1]:5000/', 'http://a.localhost/']) {
    test(`${url} never goes through one`, () => assert.equal(proxyFor(new URL(url), BOTH), undefined));
  }

  for (const text of ['http://[', 'socks5://127.0.0.1:1080', 'ftp://proxy']) {
    test(`${text} is proxy-failed`, () => {
      assert.throws(() => proxyFor(new URL('https://ghcr.io/'), { HTTPS_PROXY: text }), { code: 'proxy-failed' });
    });
  }
});

describe('requests through a proxy', () => {
  test('to https go by a CONNECT tunnel, and the TLS is with the registry', async (t) => {
    const tls = buildSelfSigned(['registry.example']);
    const server = await startServer(t, (request, response) => response.end(request.url), { tls });
    const proxy = await startProxy(t, { upstream: server.port });
    const client = makeClient(t, { ca: tls.cert, env: { HTTPS_PROXY: proxy.url.href } });
    const url = new URL('https://registry.example/v2/');
    const response = await client.request({ method: 'GET', url, headers: { authorization: 'Bearer secret' } }, 100);
    assert.equal(Buffer.from(response.bytes).toString(), '/v2/');
    assert.deepEqual(proxy.asked, ['CONNECT registry.example:443']);
    assert.equal(proxy.headers[0]!.authorization, undefined);
    assert.equal(server.requests[0]!.headers.authorization, 'Bearer secret');
    await client.request({ method: 'HEAD', url }, 100);
    assert.equal(proxy.asked.length, 1, 'the tunnel is kept');
  });

  test('to http are asked of it with the whole URL, bodies and large headers included', async (t) => {
    const server = await startServer(t, async (request, response) => {
      for (let i = 0; i < 50; i++) response.setHeader(`x-${i}`, 'v'.repeat(1000));
      response.end(await readBody(request));
    });
    const proxy = await startProxy(t, { upstream: server.port });
    const client = makeClient(t, { env: { http_proxy: proxy.url.href } });
    const url = new URL('http://registry.corp:5000/v2/?a=b');
    const response = await client.request({ method: 'PUT', url, body: Buffer.from('body') }, 100);
    assert.equal(Buffer.from(response.bytes).toString(), 'body');
    assert.equal(response.headers.get('x-49')?.length, 1000);
    assert.deepEqual(proxy.asked, ['PUT http://registry.corp:5000/v2/?a=b']);
  });

  test('carry the credentials of its URL to it, and not beyond', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const proxy = await startProxy(t, { upstream: server.port });
    const env = { http_proxy: `http://me:p%40ss@${proxy.url.host}` };
    await makeClient(t, { env }).request({ method: 'GET', url: new URL('http://registry.corp/') }, 100);
    assert.equal(proxy.headers[0]!['proxy-authorization'], `Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  test('are not made for what NO_PROXY names', async (t) => {
    const server = await startServer(t, (_request, response) => response.end('straight'));
    const proxy = await startProxy(t, { upstream: server.port, refuseWith: 500 });
    const env = { http_proxy: proxy.url.href, no_proxy: '.corp' };
    const client = makeClient(t, { env, lookup: toLoopback });
    const url = new URL(`http://registry.corp:${server.port}/`);
    const response = await client.request({ method: 'GET', url }, 100);
    assert.equal(Buffer.from(response.bytes).toString(), 'straight');
    assert.deepEqual(proxy.asked, []);
  });

  for (const [status, attempts] of [
    [403, 1],
    [407, 1],
    [502, 3],
  ] as const) {
    test(`that refuses a tunnel with ${status} are proxy-failed after ${attempts} attempt(s)`, async (t) => {
      const proxy = await startProxy(t, { upstream: 1, refuseWith: status });
      const env = { https_proxy: `http://me:secret@${proxy.url.host}` };
      const got = makeClient(t, { env, retries: 2 }).request({ method: 'GET', url: new URL('https://ghcr.io/') }, 10);
      await assert.rejects(got, (thrown: NetError) => {
        assert.equal(thrown.code, 'proxy-failed');
        assert.equal(thrown.attempts, attempts);
        assert.match(thrown.message, new RegExp(`proxy ${proxy.url.origin}/? failed: it answered ${status}`));
        assert.doesNotMatch(thrown.message, /secret/);
        return true;
      });
    });
  }

  test('that wants other credentials for plain http is proxy-failed', async (t) => {
    const proxy = await startProxy(t, { upstream: 1, refuseWith: 407 });
    const client = makeClient(t, { env: { http_proxy: proxy.url.href } });
    const got = client.request({ method: 'GET', url: new URL('http://registry.corp/') }, 10);
    await assert.rejects(got, { code: 'proxy-failed', attempts: 1 });
  });

  test('that is not there is proxy-failed, also for a POST sent again', async (t) => {
    const gone = await startServer(t, (_request, response) => response.end());
    await gone.stop();
    for (const url of ['https://ghcr.io/', 'http://registry.corp/']) {
      const client = makeClient(t, { env: { http_proxy: gone.url.href, https_proxy: gone.url.href }, retries: 1 });
      const got = client.request({ method: 'POST', url: new URL(url) }, 10);
      await assert.rejects(got, { code: 'proxy-failed', attempts: 2, hint: /NO_PROXY/ });
    }
  });

  test('that hangs up or says nothing is proxy-failed or network-timeout, and does not hang', async (t) => {
    const rude = await startRawServer(t, (socket) => socket.once('data', () => socket.destroy()));
    const url = new URL('https://ghcr.io/');
    const hungUp = makeClient(t, { env: { https_proxy: rude.href }, retries: 0 }).request({ method: 'GET', url }, 10);
    await assert.rejects(hungUp, { code: 'proxy-failed' });
    const silent = await startRawServer(t, () => {});
    const options = { env: { https_proxy: silent.href }, retries: 0, timeoutMs: 150 };
    await assert.rejects(makeClient(t, options).request({ method: 'GET', url }, 10), {
      code: 'network-timeout',
      message: /through the proxy/,
    });
  });

  test('to a certificate that nobody vouches for are tls-failed, not proxy-failed', async (t) => {
    const server = await startServer(t, (_request, response) => response.end(), { tls: buildSelfSigned() });
    const proxy = await startProxy(t, { upstream: server.port });
    const client = makeClient(t, { env: { https_proxy: proxy.url.href } });
    const got = client.request({ method: 'GET', url: new URL('https://ghcr.io/') }, 10);
    await assert.rejects(got, { code: 'tls-failed', attempts: 1 });
  });

  test('are still refused to link-local addresses on the word of a registry', async (t) => {
    const proxy = await startProxy(t, { upstream: 1 });
    const client = makeClient(t, { env: { http_proxy: proxy.url.href } });
    const url = new URL('http://169.254.169.254/latest');
    const got = client.request({ method: 'GET', url, onBehalfOf: new URL('http://registry.corp/') }, 10);
    await assert.rejects(got, { code: 'address-refused' });
    assert.deepEqual(proxy.asked, []);
  });

  test('leave no socket open after close', async (t) => {
    const tls = buildSelfSigned(['registry.example']);
    const server = await startServer(t, (_request, response) => response.write('unread'), { tls });
    const proxy = await startProxy(t, { upstream: server.port });
    const client = makeClient(t, { ca: tls.cert, env: { https_proxy: proxy.url.href } });
    await client.stream({ method: 'GET', url: new URL('https://registry.example/') });
    assert.equal(server.openConnections, 1);
    await client.close();
    await server.idle();
    assert.equal(server.openConnections, 0);
  });
});

const toLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};
