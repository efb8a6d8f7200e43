import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenService, type TokenRequest } from '../../src/auth/token-service.ts';
import { base64 } from './credentials/temp-home.ts';
import { createTestClient, named, type Reply, type Seen, type StubServer, startStub } from './stub-server.ts';

const PULL = 'repository:acme/app:pull';
const basic = { kind: 'basic', username: 'me', password: 'secret', origin: 'FILE' } as const;
const identity = { kind: 'identity-token', token: 'refresh-1', origin: 'FILE' } as const;

function requestTo(server: StubServer, more: Partial<TokenRequest> = {}): TokenRequest {
  return {
    registry: 'reg.example',
    origin: server.origin,
    realm: new URL('/token', server.origin),
    service: 'svc',
    scopes: [PULL],
    credential: undefined,
    ...more,
  };
}

async function serve(reply: Reply | ((request: Seen) => Reply)) {
  const server = await startStub(typeof reply === 'function' ? reply : () => reply);
  const secrets: string[] = [];
  const tokens = createTokenService({ http: createTestClient(), onSecret: (value) => secrets.push(value) });
  const fetchToken = (more: Partial<TokenRequest> = {}) => tokens.fetchToken(requestTo(server, more));
  return { server, secrets, fetchToken };
}

test('an anonymous token is asked for by GET without Authorization, each scope on its own, in order', async () => {
  const { server, fetchToken, secrets } = await serve({ body: { token: 't1' } });
  const scopes = ['repository:acme/app:pull,push', 'repository:other/app:pull'];
  const token = await fetchToken({ scopes });
  const [seen] = server.seen;
  assert.equal(token.value, 't1');
  assert.deepEqual(secrets, ['t1']);
  assert.equal(seen?.method, 'GET');
  assert.deepEqual(seen?.query.getAll('scope'), scopes);
  assert.deepEqual(seen?.query.getAll('service'), ['svc']);
  assert.equal(seen?.headers['authorization'], undefined);
});

test('a user and password go along as Basic, in UTF-8', async () => {
  const { server, fetchToken } = await serve({ body: { token: 't1' } });
  await fetchToken({ credential: { ...basic, password: 'pä:ss' } });
  assert.deepEqual(server.authorizations(), [`Basic ${base64('me:pä:ss')}`]);
});

test('a challenge without service and scope is answered without either; the query of the realm is kept', async () => {
  const { server, fetchToken } = await serve({ body: { token: 't1' } });
  const realm = new URL('/token?account=x&service=own', server.origin);
  await fetchToken({ realm, service: undefined, scopes: [] });
  assert.equal(server.seen[0]?.query.toString(), 'account=x&service=own');
});

test('an identity token is refreshed by an OAuth2 POST that names a client', async () => {
  const { server, fetchToken } = await serve({ body: { access_token: 'a1' } });
  const scopes = ['repository:a:pull,push', 'repository:b:pull'];
  assert.equal((await fetchToken({ credential: identity, scopes })).value, 'a1');
  const [seen] = server.seen;
  assert.equal(seen?.method, 'POST');
  assert.equal(seen?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(seen?.body)), {
    grant_type: 'refresh_token',
    refresh_token: 'refresh-1',
    client_id: 'oci-referrers',
    service: 'svc',
    scope: scopes.join(' '),
  });
});

for (const status of [404, 405]) {
  test(`a token server that answers ${status} to POST is asked by GET`, async () => {
    const { server, fetchToken } = await serve(({ method }) =>
      method === 'POST' ? { status } : { body: { token: 'g1' } },
    );
    assert.equal((await fetchToken({ credential: { ...identity, username: 'me' } })).value, 'g1');
    assert.deepEqual(server.authorizations(), ['', `Basic ${base64('me:refresh-1')}`]);
  });
}

test('a refresh token that the server rotates is used from then on, also by exchanges that began together', async () => {
  let current = 1;
  const { server, fetchToken, secrets } = await serve(({ body }) => {
    if (new URLSearchParams(body).get('refresh_token') !== `refresh-${current}`) return { status: 400 };
    current++;
    return { body: { access_token: `a${current}`, refresh_token: `refresh-${current}` } };
  });
  const scopes = ['repository:a:pull', 'repository:b:pull', 'repository:c:pull'];
  const tokens = await Promise.all(scopes.map((scope) => fetchToken({ credential: identity, scopes: [scope] })));
  assert.deepEqual(
    tokens.map(({ value }) => value),
    ['a2', 'a3', 'a4'],
  );
  assert.equal(server.seen.length, 3);
  assert.ok(secrets.includes('refresh-4'));
});

const lifetimes: readonly [title: string, body: Readonly<Record<string, unknown>>, seconds: number, date?: string][] = [
  ['300', { expires_in: 300 }, 300],
  ['absent', {}, 60],
  ['0', { expires_in: 0 }, 60],
  ['negative', { expires_in: -5 }, 60],
  ['10, under the floor', { expires_in: 10 }, 60],
  ['text', { expires_in: '300' }, 60],
  ['null', { expires_in: null }, 60],
  ['a century', { expires_in: 3e9 }, 86_400],
  [
    '300 and issued 100 s ago',
    { expires_in: 300, issued_at: '2026-01-01T00:00:00Z' },
    200,
    'Thu, 01 Jan 2026 00:01:40 GMT',
  ],
  [
    '300 and issued in the future',
    { expires_in: 300, issued_at: '2027-01-01T00:00:00Z' },
    300,
    'Thu, 01 Jan 2026 00:01:40 GMT',
  ],
  ['300 and issued long ago', { expires_in: 300, issued_at: '2001-01-01T00:00:00Z' }, 60],
  ['300 and issued at no time', { expires_in: 300, issued_at: 'yesterday' }, 300],
];

for (const [title, body, seconds, date] of lifetimes) {
  test(`a token whose expires_in is ${title} is used for ${seconds} s`, async () => {
    const headers = date === undefined ? {} : { date };
    const { fetchToken } = await serve({ headers, body: { token: 't', ...body } });
    assert.equal((await fetchToken()).lifetimeMs, seconds * 1000);
  });
}

const invalid: readonly [title: string, body: unknown, message: RegExp][] = [
  ['HTML', '<html>please log in</html>', /is an HTML page/],
  ['nothing', '', /is not a JSON object/],
  ['an array', [], /is not a JSON object/],
  ['no token', { expires_in: 300 }, /neither/],
  ['an empty token', { token: '' }, /neither/],
  ['a token that is a number', { token: 1 }, /neither/],
  ['a token with a line break', { token: 'a\r\nx-evil: 1' }, /no header may carry/],
  ['a token beyond ASCII', { token: 'tökén' }, /no header may carry/],
];

for (const [title, body, message] of invalid) {
  test(`200 with ${title} is token-invalid`, async () => {
    const { fetchToken } = await serve({ body });
    await assert.rejects(fetchToken(), { code: 'token-invalid', message });
  });
}

test('a token answer larger than 128 KiB is not read', async () => {
  const { fetchToken } = await serve({ body: { token: 't', pad: 'x'.repeat(128 * 1024) } });
  await assert.rejects(fetchToken(), { code: 'response-too-large' });
});

const refusals: readonly [title: string, reply: Reply, credential: TokenRequest['credential'], code: string][] = [
  ['401 to nobody', { status: 401 }, undefined, 'credentials-missing'],
  ['403 to nobody', { status: 403 }, undefined, 'credentials-missing'],
  [
    '401 to a password',
    { status: 401, body: { details: 'incorrect username or password' } },
    basic,
    'credentials-refused',
  ],
  ['403 to a password', { status: 403, body: { errors: [{ code: 'DENIED' }] } }, basic, 'credentials-refused'],
  ['400 to a refresh token', { status: 400, body: { error: 'invalid_grant' } }, identity, 'credentials-refused'],
  [
    '401 for its scopes',
    { status: 401, body: { details: 'access token has insufficient scopes' } },
    basic,
    'scope-insufficient',
  ],
  ['400 to a GET', { status: 400 }, basic, 'http-status'],
  ['404', { status: 404 }, basic, 'http-status'],
  ['429', { status: 429 }, undefined, 'rate-limited'],
  ['500', { status: 500 }, undefined, 'server-error'],
];

for (const [title, reply, credential, code] of refusals) {
  test(`a token server that answers ${title} is ${code}`, async () => {
    const { fetchToken } = await serve(reply);
    await assert.rejects(fetchToken({ credential }), { code });
  });
}

test('a refusal carries the request, the status, the error list, the scope, and where the credential came from', async () => {
  const { fetchToken } = await serve({ status: 401, body: { errors: [{ code: 'DENIED', message: 'no' }] } });
  await assert.rejects(fetchToken({ credential: basic }), (error: Error & { details?: Record<string, unknown> }) => {
    assert.match(
      error.message,
      /the credential from FILE \(repository:acme\/app:pull\): GET http.* answered 401 \(DENIED: no\)/,
    );
    assert.deepEqual(error.details?.['errors'], [{ code: 'DENIED', message: 'no', detail: '' }]);
    assert.equal(error.details?.['status'], 401);
    assert.equal(error.details?.['method'], 'GET');
    assert.ok(!JSON.stringify(error.details).includes('secret'));
    return true;
  });
});

test('GHSA-vh4v-2xq2-g5cg: a redirect of a token request is not followed, so no other port or host gets its Authorization', async () => {
  const other = await startStub(() => ({ body: { token: 'evil' } }));
  const { fetchToken } = await serve({ status: 307, headers: { location: new URL('/token', other.origin).href } });
  await assert.rejects(fetchToken({ credential: basic }), { code: 'redirect-refused' });
  await assert.rejects(fetchToken({ credential: identity }), { code: 'redirect-refused' });
  assert.equal(other.seen.length, 0);
});

test('CVE-2026-48978: a credential is not sent to a realm of another domain, nor is that asked at all', async () => {
  const { server, fetchToken } = await serve({ body: { token: 'evil' } });
  const origin = named(server.origin, 'registry.corp.test');
  const realm = new URL('/token', named(server.origin, 'evil.test'));
  await assert.rejects(fetchToken({ origin, realm, credential: basic }), {
    code: 'realm-refused',
    message: /registry\.corp\.test.*evil\.test.*another domain.*the credential from FILE/,
  });
  assert.equal(server.seen.length, 0);
});

test('GHSA-28r5-37g7-p6mp: a refresh token is not sent to a realm of another domain either', async () => {
  const { server, fetchToken } = await serve({ body: { token: 'evil' } });
  const origin = named(server.origin, 'registry.corp.test');
  const realm = new URL('/token', named(server.origin, 'evil.test'));
  await assert.rejects(fetchToken({ origin, realm, credential: identity }), { code: 'realm-refused' });
  assert.equal(server.seen.length, 0);
});

test('a realm of the same parent domain gets the credential; one of another domain is asked anonymously', async () => {
  const { server, fetchToken } = await serve({ body: { token: 't' } });
  const origin = named(server.origin, 'registry.corp.test');
  await fetchToken({ origin, realm: new URL('/t', named(server.origin, 'auth.corp.test')), credential: basic });
  await fetchToken({ origin, realm: new URL('/t', named(server.origin, 'elsewhere.test')) });
  assert.deepEqual(server.authorizations(), [`Basic ${base64('me:secret')}`, '']);
});

test('a realm that the user trusts gets the credential', async () => {
  const server = await startStub(() => ({ body: { token: 't' } }));
  const tokens = createTokenService({ http: createTestClient(), trustedRealms: ['sso.test'] });
  const origin = named(server.origin, 'registry.corp.test');
  const realm = new URL('/t', named(server.origin, 'sso.test'));
  await tokens.fetchToken(requestTo(server, { origin, realm, credential: basic }));
  assert.deepEqual(server.authorizations(), [`Basic ${base64('me:secret')}`]);
});

for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', 'metadata.google.internal']) {
  test(`CVE-2026-33990: a realm at ${host} is refused, also anonymously and also for a local registry`, async () => {
    const { fetchToken } = await serve({});
    await assert.rejects(fetchToken({ realm: new URL(`http://${host}/latest/meta-data`) }), {
      code: 'realm-refused',
      message: /link-local or metadata/,
    });
  });
}

test('go-containerregistry 2243: a public registry may not name a realm at a private address, be it behind a name', async () => {
  const server = await startStub(() => ({ body: { token: 't' } }));
  const http = createTestClient({
    lookup: (name, { all }, callback) => {
      const address = name === 'public.test' ? '203.0.113.1' : '127.0.0.1';
      if (all === true) callback(null, [{ address, family: 4 }]);
      else callback(null, address, 4);
    },
  });
  const tokens = createTokenService({ http });
  const origin = named(server.origin, 'public.test');
  for (const host of ['127.0.0.1', '10.0.0.1', 'localhost', 'auth.public.test']) {
    const realm = new URL('/token', named(server.origin, host));
    await assert.rejects(tokens.fetchToken(requestTo(server, { origin, realm })), {
      code: 'realm-refused',
      message: /private address/,
    });
  }
  assert.equal(server.seen.length, 0);
});
