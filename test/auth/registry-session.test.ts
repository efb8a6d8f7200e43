import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../src/auth/types.ts';
import { base64 } from './credentials/temp-home.ts';
import { BASIC, challengeReply, openSession, PULL, PUSH, startProtectedRegistry } from './protected-registry.ts';
import { named, startStub } from './stub-server.ts';

test('a registry that asks for nothing is sent no Authorization, and no credential is looked up', async () => {
  const server = await startStub(() => ({ body: 'ok' }));
  const { ask, lookups } = openSession(server, BASIC);
  assert.deepEqual(await ask('/v2/acme/app/manifests/1', PULL), { status: 200, text: 'ok' });
  assert.deepEqual(server.authorizations(), ['']);
  assert.deepEqual(lookups, []);
});

test('a challenge is answered with a token for our scope, and the next requests bring it along', async () => {
  const world = await startProtectedRegistry();
  const { ask, lookups, secrets } = openSession(world.registry, BASIC);
  assert.equal((await ask('/v2/acme/app/manifests/1', PULL)).status, 200);
  assert.equal((await ask('/v2/acme/app/manifests/2', PULL)).status, 200);
  assert.deepEqual(world.registry.authorizations(), ['', 'Bearer token-1', 'Bearer token-1']);
  assert.deepEqual(world.tokenServer.authorizations(), [`Basic ${base64('me:secret')}`]);
  assert.equal(world.tokenServer.seen[0]?.query.toString(), 'service=svc&scope=repository%3Aacme%2Fapp%3Apull');
  assert.deepEqual(lookups, ['reg.example/acme/app']);
  assert.deepEqual(secrets, ['token-1']);
});

test('a further scope gets its token without a 401, and a token for more serves for less', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC);
  await ask('/x', PULL);
  await ask('/x', PUSH, { method: 'PUT', body: new Uint8Array(1) });
  world.issued.delete('token-1');
  await ask('/x', PULL);
  assert.deepEqual(world.registry.authorizations(), [
    '',
    'Bearer token-1',
    'Bearer token-2',
    'Bearer token-1',
    'Bearer token-2',
  ]);
  assert.deepEqual(
    world.tokenServer.seen.map(({ query }) => query.getAll('scope')),
    [['repository:acme/app:pull'], ['repository:acme/app:pull,push']],
  );
});

test('a run that will write asks for one token that serves its reads and its writes', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC, { anticipatePush: true });
  await ask('/x', PULL);
  await ask('/x', PUSH, { method: 'PUT', body: new Uint8Array(1) });
  assert.deepEqual(
    world.tokenServer.seen.map(({ query }) => query.getAll('scope')),
    [['repository:acme/app:pull,push']],
  );
});

test('a mount asks for the pushing scope first, then for pulling from the source', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC);
  await ask('/x', { ...PUSH, mountFrom: 'base/image' }, { method: 'POST' });
  assert.deepEqual(world.tokenServer.seen[0]?.query.getAll('scope'), [
    'repository:acme/app:pull,push',
    'repository:base/image:pull',
  ]);
});

test('ten requests at once make one token call', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(`/v2/${index}`, PULL)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(world.tokenServer.seen.length, 1);
});

test('ten requests at once with a token that the registry has forgotten make one token call', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC);
  await ask('/x', PULL);
  world.issued.clear();
  world.issued.set('other', []);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(`/v2/${index}`, PULL)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(world.tokenServer.seen.length, 2);
});

test('without a credential the token is anonymous', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, undefined);
  assert.equal((await ask('/x', PULL)).status, 200);
  assert.deepEqual(world.tokenServer.authorizations(), ['']);
});

test('a token that runs out in the middle of a listing is replaced before it is late', async () => {
  const world = await startProtectedRegistry();
  let now = 0;
  const { ask } = openSession(world.registry, BASIC, { now: () => now });
  await ask('/page/1', PULL);
  now = 269_000; // of 300 s, less a margin of 30 s
  await ask('/page/2', PULL);
  now = 271_000;
  await ask('/page/3', PULL);
  assert.deepEqual(world.registry.authorizations(), ['', 'Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
});

test('a cached token that is refused is dropped, replaced once, and the body sent again', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC);
  let opened = 0;
  const body = {
    size: 5,
    async *open() {
      opened++;
      yield new TextEncoder().encode('hello');
    },
  };
  await ask('/x', PUSH, { method: 'PUT', body });
  world.issued.delete('token-1');
  world.issued.set('other', []);
  assert.equal((await ask('/x', PUSH, { method: 'PUT', body })).status, 200);
  assert.deepEqual(
    world.registry.seen.map(({ body: sent }) => sent),
    ['hello', 'hello', 'hello', 'hello'],
  );
  assert.equal(opened, 4);
  assert.equal(world.tokenServer.seen.length, 2);
});

test('401 again after a new token is credentials-refused, not another try', async () => {
  const world = await startProtectedRegistry();
  const { ask } = openSession(world.registry, BASIC);
  await ask('/x', PULL);
  world.onRegistry = () => challengeReply(world, 'repository:acme/app:pull', 'invalid_token');
  await assert.rejects(ask('/x', PULL), (error: Error & { code?: string; details?: unknown }) => {
    assert.equal(error.code, 'credentials-refused');
    assert.match(
      error.message,
      /the credential from FILE .* GET http.* answered 401 \(UNAUTHORIZED: authentication required\)/,
    );
    return true;
  });
  assert.equal(world.registry.seen.length, 4);
  assert.equal(world.tokenServer.seen.length, 2);
});

test('insufficient_scope is answered once with a token for the scope that the registry names', async () => {
  const world = await startProtectedRegistry();
  world.needs = () => 'repository:proxy/acme/app:pull';
  const { ask } = openSession(world.registry, BASIC);
  assert.equal((await ask('/x', PULL)).status, 200);
  assert.equal((await ask('/x', PULL)).status, 200);
  assert.deepEqual(
    world.tokenServer.seen.map(({ query }) => query.getAll('scope')),
    [['repository:acme/app:pull'], ['repository:acme/app:pull', 'repository:proxy/acme/app:pull']],
  );
  assert.equal(world.registry.seen.length, 4);
});

test('insufficient_scope for what the token was asked for is scope-insufficient', async () => {
  const world = await startProtectedRegistry();
  world.onRegistry = ({ headers }) =>
    headers['authorization'] === undefined
      ? undefined
      : challengeReply(world, 'repository:acme/app:pull,push', 'insufficient_scope');
  const { ask } = openSession(world.registry, BASIC, { registry: 'ghcr.io' });
  await assert.rejects(ask('/x', PUSH, { method: 'POST' }), {
    code: 'scope-insufficient',
    message: /the credential from FILE may not do this at ghcr\.io \(repository:acme\/app:pull,push\)/,
    hint: /packages: write.*Manage Actions access/,
  });
});

test('without a credential a final 401 is credentials-missing, with the ways to give one', async () => {
  const world = await startProtectedRegistry();
  world.onToken = () => ({ status: 401 });
  const { ask } = openSession(world.registry, undefined);
  await assert.rejects(ask('/x', PULL), {
    code: 'credentials-missing',
    message: /reg\.example asks for credentials/,
    hint: /registry-username and registry-password.*docker login/,
  });
  const atGhcr = openSession(world.registry, undefined, { registry: 'ghcr.io' });
  await assert.rejects(atGhcr.ask('/x', PULL), { code: 'credentials-missing', hint: /github-token/ });
});

test('who is turned away at Docker Hub hears that a name without a host leads there', async () => {
  const world = await startProtectedRegistry();
  world.onToken = () => ({ status: 401 });
  const { ask } = openSession(world.registry, undefined, { registry: 'docker.io' });
  await assert.rejects(ask('/x', PULL), { code: 'credentials-missing', hint: /without a host is one of Docker Hub/ });
});

test('403 is a response: it never asks for another token', async () => {
  const world = await startProtectedRegistry();
  world.onRegistry = ({ headers }) =>
    headers['authorization'] === undefined ? undefined : { status: 403, body: 'no' };
  const { ask } = openSession(world.registry, BASIC);
  assert.deepEqual(await ask('/x', PULL), { status: 403, text: 'no' });
  assert.deepEqual(await ask('/x', PULL), { status: 403, text: 'no' });
  assert.equal(world.tokenServer.seen.length, 1);
  assert.equal(world.registry.seen.length, 3);
});

test('a 403 to a bare request looks up no credential', async () => {
  const server = await startStub(() => ({ status: 403 }));
  const { ask, lookups } = openSession(server, BASIC);
  assert.equal((await ask('/x', PULL)).status, 403);
  assert.deepEqual(lookups, []);
});

test('Basic is sent when asked for, and from then on at once', async () => {
  const server = await startStub(({ headers }) =>
    headers['authorization'] === `Basic ${base64('me:secret')}`
      ? { body: 'ok' }
      : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
  );
  const { ask } = openSession(server, BASIC);
  await ask('/x', PULL);
  await ask('/y', PUSH, { method: 'PUT', body: new Uint8Array(1) });
  assert.deepEqual(server.authorizations(), ['', `Basic ${base64('me:secret')}`, `Basic ${base64('me:secret')}`]);
});

test('Basic that is refused, or has no credential, or only an identity token, is said to be so after one try', async () => {
  const server = await startStub(() => ({ status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }));
  const attempt = (credential: Credential | undefined) => openSession(server, credential).ask('/x', PULL);
  await assert.rejects(attempt(BASIC), { code: 'credentials-refused', message: /from FILE/ });
  assert.equal(server.seen.length, 2);
  await assert.rejects(attempt(undefined), { code: 'credentials-missing' });
  assert.equal(server.seen.length, 3);
  await assert.rejects(attempt({ kind: 'identity-token', token: 't', origin: 'FILE' }), {
    code: 'credentials-refused',
    message: /identity token/,
  });
});

test('a registry token is sent as it is, and no token server is asked', async () => {
  const world = await startProtectedRegistry();
  world.issued.set('ready', ['repository:acme/app:pull']);
  const { ask } = openSession(world.registry, { kind: 'registry-token', token: 'ready', origin: 'FILE' });
  await ask('/x', PULL);
  assert.deepEqual(world.registry.authorizations(), ['', 'Bearer ready']);
  await assert.rejects(ask('/x', PUSH, { method: 'PUT' }), { code: 'scope-insufficient' });
  assert.equal(world.tokenServer.seen.length, 0);
});

test('a 401 whose challenges cannot be answered is challenge-invalid and says what was offered', async () => {
  const challenges = [['Negotiate', 'Digest realm="x"'], ['Bearer service="s"'], []];
  const expected = [/with negotiate, digest only/, /with bearer only/, /without a challenge/];
  for (const [index, offered] of challenges.entries()) {
    const server = await startStub(() => ({ status: 401, headers: { 'www-authenticate': offered } }));
    await assert.rejects(openSession(server, BASIC).ask('/x', PULL), {
      code: 'challenge-invalid',
      message: expected[index] as RegExp,
    });
  }
});

test('a registry whose challenges never agree with themselves is given up on', async () => {
  let count = 0;
  const server = await startStub(({ path }) => {
    if (path === '/token') return { body: { token: 't' } };
    count++;
    const bearer = `Bearer realm="${new URL('/token', server.origin).href}",service="${count}"`;
    return { status: 401, headers: { 'www-authenticate': count % 2 === 0 ? 'Basic realm="x"' : bearer } };
  });
  await assert.rejects(openSession(server, BASIC).ask('/x', PULL), { code: 'credentials-refused' });
  assert.equal(count, 4);
});

test('streams are authorized like the rest, and a refused one carries its error list', async () => {
  const world = await startProtectedRegistry();
  const { session } = openSession(world.registry, BASIC);
  const response = await session.stream({ method: 'GET', url: new URL('/blob', world.registry.origin) }, PULL);
  let text = '';
  for await (const chunk of response.body()) text += new TextDecoder().decode(chunk);
  assert.equal(text, 'GET ok');
  world.onRegistry = () => challengeReply(world, 'repository:acme/app:pull');
  await assert.rejects(session.stream({ method: 'GET', url: new URL('/blob', world.registry.origin) }, PULL), {
    code: 'credentials-refused',
    message: /UNAUTHORIZED: authentication required/,
  });
});

test('a credential provider that could not look ends the request with its error', async () => {
  const world = await startProtectedRegistry();
  const credentials = {
    find: () => Promise.reject(Object.assign(new Error('helper broke'), { code: 'credential-helper-failed' })),
  };
  const { ask } = openSession(world.registry, undefined, { credentials });
  await assert.rejects(ask('/x', PULL), { code: 'credential-helper-failed' });
  assert.equal(world.tokenServer.seen.length, 0);
});

test('repositories with credentials of their own get tokens of their own', async () => {
  const world = await startProtectedRegistry();
  world.needs = ({ path }) => `repository:${path.slice(1)}:pull`;
  const credentials = {
    find: async (_registry: string, repository: string): Promise<Credential> => ({
      ...BASIC,
      kind: 'basic',
      username: repository,
      password: 'p',
    }),
  };
  const { ask } = openSession(world.registry, undefined, { credentials });
  await ask('/one', { repository: 'one', actions: ['pull'] });
  await ask('/two', { repository: 'two', actions: ['pull'] });
  assert.deepEqual(world.tokenServer.authorizations(), [`Basic ${base64('one:p')}`, `Basic ${base64('two:p')}`]);
});

test('CVE-2026-48978: a registry that names a realm of another domain gets no token, and its credential stays here', async () => {
  const world = await startProtectedRegistry();
  const registry = { ...world.registry, origin: named(world.registry.origin, 'registry.corp.test') };
  world.onRegistry = () => ({
    status: 401,
    headers: {
      'www-authenticate': `Bearer realm="${new URL('/token', named(world.tokenServer.origin, 'evil.test')).href}"`,
    },
  });
  await assert.rejects(openSession(registry, BASIC).ask('/x', PULL), { code: 'realm-refused' });
  assert.equal(world.tokenServer.seen.length, 0);
});

test('CVE-2026-50151: an upload location on another host gets no Authorization, not even one that the caller gives', async () => {
  const world = await startProtectedRegistry();
  const storage = await startStub(() => ({ status: 201 }));
  const { ask, session } = openSession(world.registry, BASIC);
  await ask('/x', PUSH, { method: 'POST' });
  const url = new URL('/upload?sig=1', storage.origin);
  const headers = { authorization: 'Bearer token-1', 'content-type': 'application/octet-stream' };
  const response = await session.request({ method: 'PUT', url, headers, body: new Uint8Array(3) }, 1024, PUSH);
  assert.equal(response.status, 201);
  assert.equal(storage.seen[0]?.headers['content-type'], 'application/octet-stream');
  assert.deepEqual(storage.authorizations(), ['']);
});

test('CVE-2026-50151: a challenge of an upload host is not answered', async () => {
  const world = await startProtectedRegistry();
  const storage = await startStub(() => challengeReply(world, 'repository:acme/app:pull,push'));
  const { session } = openSession(world.registry, BASIC);
  const request = { method: 'PUT', url: new URL('/upload', storage.origin), body: new Uint8Array(3) } as const;
  assert.equal((await session.request(request, 1024, PUSH)).status, 401);
  assert.equal(storage.seen.length, 1);
  assert.equal(world.tokenServer.seen.length, 0);
});

test('GHSA-vh4v-2xq2-g5cg: a redirect to another port of the same host arrives without Authorization', async () => {
  const world = await startProtectedRegistry();
  const other = await startStub(() => ({ body: 'from there' }));
  world.onRegistry = ({ headers }) =>
    headers['authorization'] === undefined
      ? undefined
      : { status: 307, headers: { location: new URL('/blob', other.origin).href } };
  assert.deepEqual(await openSession(world.registry, BASIC).ask('/x', PULL), { status: 200, text: 'from there' });
  assert.deepEqual(other.authorizations(), ['']);
});

test('a host that a redirect leads to and that wants a token gets an anonymous one, and nothing of ours', async () => {
  const world = await startProtectedRegistry();
  const foreign = await startProtectedRegistry();
  foreign.needs = () => 'repository:mirror/app:pull';
  world.onRegistry = ({ headers }) =>
    headers['authorization'] === undefined
      ? undefined
      : { status: 307, headers: { location: new URL('/v2/mirror/app/manifests/1', foreign.registry.origin).href } };
  const { ask } = openSession(world.registry, BASIC);
  const headers = { accept: 'application/json', 'x-secret': 'hunter2' };
  assert.deepEqual(await ask('/v2/acme/app/manifests/1', PULL, { headers }), { status: 200, text: 'GET ok' });
  assert.deepEqual(foreign.tokenServer.authorizations(), ['']);
  assert.deepEqual(
    foreign.registry.seen.map((seen) => [seen.headers['accept'], seen.headers['x-secret']]),
    [
      ['application/json', undefined],
      ['application/json', undefined],
    ],
  );
  assert.deepEqual(foreign.tokenServer.seen[0]?.query.getAll('scope'), ['repository:mirror/app:pull']);
  assert.deepEqual(foreign.registry.authorizations(), ['', 'Bearer token-1']);
});
