import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, test } from 'node:test';
import { AddressGuard } from '../../src/net/address-guard.ts';
import { startServer } from '../support/loopback-server.ts';
import { makeClient } from './make-client.ts';

/** A name server that knows `names`; an array of arrays gives another answer each time. */
function fakeLookup(names: Readonly<Record<string, readonly string[] | readonly (readonly string[])[]>>) {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, options, callback) => {
    asked.push(hostname);
    const known = names[hostname];
    const turn = asked.filter((name) => name === hostname).length - 1;
    const found = Array.isArray(known?.[0])
      ? (known[Math.min(turn, known.length - 1)] as string[])
      : (known as string[]);
    if (known === undefined) {
      callback(Object.assign(new Error(`ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), []);
      return;
    }
    const addresses: LookupAddress[] = found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
  return { lookup, asked };
}

describe('literal addresses on the word of a registry', () => {
  const table: readonly (readonly [string, string, 'allowed' | 'refused'])[] = [
    ['https://registry.example/', 'https://auth.example/token', 'allowed'],
    ['https://registry.example/', 'https://8.8.8.8/token', 'allowed'],
    ['https://registry.example/', 'https://registry.example:8443/token', 'allowed'],
    ['http://registry.example/', 'https://auth.example/token', 'allowed'],
    ['http://registry.example/', 'http://auth.example/token', 'allowed'],
    ['https://registry.example/', 'http://auth.example/token', 'refused'],
    ['https://registry.example/', 'http://registry.example/token', 'refused'],
    ['https://registry.example/', 'ftp://auth.example/token', 'refused'],
    ['https://registry.example/', 'file:///etc/passwd', 'refused'],
    ['https://registry.example/', 'https://10.0.0.1/token', 'refused'],
    ['https://registry.example/', 'https://127.0.0.1/token', 'refused'],
    ['https://registry.example/', 'https://2130706433/token', 'refused'], // 127.0.0.1 as one number
    ['https://registry.example/', 'https://0x7f.1/token', 'refused'],
    ['https://registry.example/', 'https://0/token', 'refused'],
    ['https://registry.example/', 'https://localhost/token', 'refused'],
    ['https://registry.example/', 'https://a.localhost/token', 'refused'],
    ['https://registry.example/', 'https://[::1]/token', 'refused'],
    ['https://registry.example/', 'https://[::ffff:10.0.0.1]/token', 'refused'],
    ['https://registry.example/', 'https://[fd12::1]/token', 'refused'],
    ['https://registry.example/', 'https://100.64.0.1/token', 'refused'],
    ['https://registry.example/', 'https://0.0.0.0/token', 'refused'],
    ['https://8.8.8.8/', 'https://10.0.0.1/token', 'refused'],
    ['https://10.0.0.1/', 'https://10.0.0.2/token', 'allowed'],
    ['https://10.0.0.1/', 'https://localhost/token', 'allowed'],
    ['http://localhost:5000/', 'http://127.0.0.1:5001/token', 'allowed'],
    ['http://127.0.0.1:5000/', 'http://[::1]:5001/token', 'allowed'],
    ['http://127.0.0.1:5000/', 'http://169.254.169.254/latest/meta-data', 'refused'],
    ['http://10.0.0.1/', 'http://[::ffff:169.254.169.254]/', 'refused'],
    ['http://10.0.0.1/', 'http://[fe80::1]/', 'refused'],
    ['http://10.0.0.1/', 'http://[fd00:ec2::254]/', 'refused'],
    ['http://10.0.0.1/', 'http://metadata.google.internal/', 'refused'],
    ['http://169.254.169.254/', 'http://169.254.169.254/latest', 'allowed'], // The user's own origin is the user's business.
  ];
  for (const [registry, target, expected] of table) {
    test(`${registry} may ${expected === 'allowed' ? '' : 'not '}lead to ${target}`, async () => {
      const guard = new AddressGuard(fakeLookup({}).lookup);
      const checked = guard.checkTarget(new URL(target), new URL(registry));
      if (expected === 'allowed') await assert.doesNotReject(checked);
      else await assert.rejects(checked, { code: 'address-refused', exitCode: 3 });
    });
  }

  test('a registry whose name is at private addresses only may lead to private ones', async () => {
    const { lookup } = fakeLookup({ 'registry.corp': ['10.0.0.1', '10.0.0.2'], 'mixed.corp': ['10.0.0.1', '8.8.8.8'] });
    const guard = new AddressGuard(lookup);
    const target = new URL('https://10.0.0.9/token');
    await assert.doesNotReject(guard.checkTarget(target, new URL('https://registry.corp/')));
    await assert.rejects(guard.checkTarget(target, new URL('https://mixed.corp/')), { code: 'address-refused' });
    await assert.rejects(guard.checkTarget(target, new URL('https://unknown.corp/')), { code: 'address-refused' });
  });

  test('an address that nobody can read is refused', async () => {
    const { lookup } = fakeLookup({ 'odd.example': ['8.8.8.8', 'not an address'], 'registry.example': ['8.8.8.8'] });
    const guarded = new AddressGuard(lookup).guardedLookup('registry.example');
    const error = await new Promise((resolve) => guarded('odd.example', { all: true }, resolve));
    assert.equal((error as { code?: unknown } | null)?.code, 'address-refused');
  });

  test('a registry that was once reached at a public address stays public, whatever its name says later', async () => {
    const { lookup } = fakeLookup({ 'rebind.example': [['8.8.8.8'], ['127.0.0.1']] });
    const guard = new AddressGuard(lookup);
    await new Promise((resolve) => guard.plainLookup('rebind.example', { all: true }, resolve));
    await new Promise((resolve) => guard.plainLookup('rebind.example', { all: true }, resolve));
    const checked = guard.checkTarget(new URL('https://127.0.0.1/'), new URL('https://rebind.example/'));
    await assert.rejects(checked, { code: 'address-refused' });
  });
});

describe('requests on the word of a registry', () => {
  test('to a name that resolves to a private address are refused at the connection', async (t) => {
    const inner = await startServer(t, (_request, response) => response.end('metadata'));
    const { lookup } = fakeLookup({
      'registry.example': ['8.8.8.8'],
      'auth.example': ['127.0.0.1'],
      'mixed.example': ['8.8.8.8', '127.0.0.1'],
      'meta.example': ['169.254.169.254'],
    });
    const client = makeClient(t, { lookup, retries: 3 });
    const onBehalfOf = new URL('http://registry.example/');
    for (const host of ['auth.example', 'mixed.example', 'meta.example']) {
      const url = new URL(`http://${host}:${inner.port}/`);
      await assert.rejects(client.request({ method: 'GET', url, onBehalfOf }, 10), {
        name: 'NetError',
        code: 'address-refused',
        attempts: 1,
        message: new RegExp(`registry.example leads to ${host} \\(`),
      });
    }
    assert.equal(inner.requests.length, 0);
  });

  test('are judged by the address that the connection gets: a name that changes after a look helps nobody', async (t) => {
    const inner = await startServer(t, (_request, response) => response.end('secret'));
    // What a check before the connection would see is public; what the connection would get is not.
    const { lookup, asked } = fakeLookup({
      'rebind.example': [['127.0.0.1'], ['8.8.8.8']],
      'registry.example': ['8.8.8.8'],
    });
    const client = makeClient(t, { lookup });
    const url = new URL(`http://rebind.example:${inner.port}/`);
    const got = client.request({ method: 'GET', url, onBehalfOf: new URL('http://registry.example/') }, 10);
    await assert.rejects(got, { code: 'address-refused' });
    assert.deepEqual(
      asked.filter((name) => name === 'rebind.example'),
      ['rebind.example'],
      'one look, whose answer is both judged and used',
    );
    assert.equal(inner.requests.length, 0);
  });

  test('do not ride on a connection that was made without the guard', async (t) => {
    const inner = await startServer(t, (_request, response) => response.end('inner'));
    const { lookup } = fakeLookup({ 'inner.example': ['127.0.0.1'], 'registry.example': ['8.8.8.8'] });
    const client = makeClient(t, { lookup });
    const url = new URL(`http://inner.example:${inner.port}/`);
    await client.request({ method: 'GET', url }, 10); // The user's own word: allowed, and kept alive.
    const got = client.request({ method: 'GET', url, onBehalfOf: new URL('http://registry.example/') }, 10);
    await assert.rejects(got, { code: 'address-refused' });
    assert.equal(inner.requests.length, 1);
  });

  test('of a private registry reach its private neighbours by name', async (t) => {
    const auth = await startServer(t, (_request, response) => response.end('token'));
    const { lookup } = fakeLookup({ 'registry.corp': ['10.0.0.1'], 'auth.corp': ['127.0.0.1'] });
    const client = makeClient(t, { lookup });
    const url = new URL(`http://auth.corp:${auth.port}/token`);
    const response = await client.request({ method: 'GET', url, onBehalfOf: new URL('http://registry.corp/') }, 10);
    assert.equal(Buffer.from(response.bytes).toString(), 'token');
  });

  test('stay under the guard when they are redirected within their origin', async (t) => {
    const auth = await startServer(t, ({ url }, response) => {
      if (url === '/token') response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    const { lookup, asked } = fakeLookup({ 'registry.corp': ['10.0.0.1'], 'auth.corp': ['127.0.0.1'] });
    const client = makeClient(t, { lookup });
    const url = new URL(`http://auth.corp:${auth.port}/token`);
    await client.request({ method: 'GET', url, onBehalfOf: new URL('http://registry.corp/') }, 10);
    assert.equal(auth.requests.length, 2);
    // without the guard it would be a new connection, and a look at the name whose answer nobody judges
    assert.equal(asked.filter((name) => name === 'auth.corp').length, 1);
    assert.equal(auth.connections, 1);
  });

  test('to its own origin share its connections', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const client = makeClient(t);
    await client.request({ method: 'GET', url: server.url }, 10);
    await client.request({ method: 'PUT', url: new URL('/upload', server.url), onBehalfOf: server.url }, 10);
    assert.equal(server.connections, 1);
  });

  test('that https would weaken to http are refused before anything is sent', async (t) => {
    const server = await startServer(t, (_request, response) => response.end());
    const got = makeClient(t).request(
      { method: 'GET', url: server.url, onBehalfOf: new URL('https://localhost/') },
      10,
    );
    await assert.rejects(got, { code: 'address-refused', message: /weaker/ });
    assert.equal(server.requests.length, 0);
  });
});

describe('redirects and the guard', () => {
  test('a registry on the internet cannot redirect to a private address, by number or by name', async (t) => {
    const inner = await startServer(t, (_request, response) => response.end('secret'));
    const targets = [
      `http://127.0.0.1:${inner.port}/`,
      `http://inner.example:${inner.port}/`,
      'http://169.254.169.254/',
    ];
    // The registry's name stands for a public host: the look-up for its connection leads to the test's own server, and
    // what the guard is told of it is a public address.
    const server = await startServer(t, (request, response) => {
      response.writeHead(302, { location: targets[Number(request.url?.slice(1))] ?? '' });
      response.end();
    });
    const names = fakeLookup({ 'inner.example': ['127.0.0.1'] });
    const lookup: LookupFunction = (hostname, options, callback) => {
      if (hostname !== 'registry.example') return names.lookup(hostname, options, callback);
      const addresses = [
        { address: '127.0.0.1', family: 4 },
        { address: '8.8.8.8', family: 4 },
      ];
      callback(null, addresses);
    };
    const client = makeClient(t, { lookup });
    for (const index of targets.keys()) {
      const url = new URL(`http://registry.example:${server.port}/${index}`);
      await assert.rejects(client.request({ method: 'GET', url }, 10), { code: 'address-refused' });
    }
    assert.equal(server.requests.length, targets.length);
    assert.equal(inner.requests.length, 0);
  });

  test('a local registry may redirect to a local neighbour, but never to a link-local address', async (t) => {
    const storage = await startServer(t, (_request, response) => response.end('blob'));
    const server = await startServer(t, (request, response) => {
      response.writeHead(307, { location: request.url === '/blob' ? storage.url.href : 'http://169.254.169.254/' });
      response.end();
    });
    const client = makeClient(t);
    const blob = await client.request({ method: 'GET', url: new URL('/blob', server.url) }, 10);
    assert.equal(Buffer.from(blob.bytes).toString(), 'blob');
    const meta = client.request({ method: 'GET', url: new URL('/meta', server.url) }, 10);
    await assert.rejects(meta, { code: 'address-refused', message: /169\.254\.169\.254/ });
  });
});
