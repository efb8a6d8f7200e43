import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../src/auth/types.ts';
import { BASIC, challengeReply, openSession, PULL, PUSH, startProtectedRegistry } from './protected-registry.ts';

const GITHUB: Credential = { kind: 'basic', username: 'octocat', password: 'ghs_1', origin: 'github-token' };
const options = { registry: 'ghcr.io' };

/** A registry whose token server turns the job's token away and lets strangers read. */
async function startPublicPackage() {
  const world = await startProtectedRegistry();
  world.onToken = ({ headers }) =>
    headers['authorization'] === undefined ? undefined : { status: 403, body: { errors: [{ code: 'DENIED' }] } };
  return world;
}

test("where the job's token is refused for a pull, one anonymous try is made, with one warning", async () => {
  const world = await startPublicPackage();
  const { ask, warnings } = openSession(world.registry, GITHUB, options);
  const both = await Promise.all([ask('/a', PULL), ask('/b', PULL)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await ask('/c', PULL)).status, 200);
  assert.deepEqual(
    warnings.map(({ code, subject }) => [code, subject]),
    [['anonymous-retry', 'ghcr.io/acme/app']],
  );
  assert.match(warnings[0]?.message ?? '', /github-token.*anonymous access worked.*packages: read/);
  assert.equal(world.tokenServer.seen.length, 2);
});

test("where the registry itself answers 401 or 403 to the job's token, the anonymous try is made, too", async () => {
  for (const status of [401, 403]) {
    const world = await startProtectedRegistry();
    const mine = new Set<string>();
    world.onToken = ({ headers }) => {
      if (headers['authorization'] !== undefined) mine.add(`Bearer token-${world.issued.size + 1}`);
      return undefined;
    };
    world.onRegistry = ({ headers }) => {
      if (!mine.has(headers['authorization'] ?? '')) return undefined;
      return status === 403 ? { status } : challengeReply(world, 'repository:acme/app:pull', 'invalid_token');
    };
    const { ask, warnings, session } = openSession(world.registry, GITHUB, options);
    assert.equal((await ask('/a', PULL)).status, 200);
    assert.equal(warnings.length, 1);
    const stream = await session.stream({ method: 'GET', url: new URL('/b', world.registry.origin) }, PULL);
    assert.equal(stream.status, 200);
    await stream.discard();
  }
});

test('where strangers are refused as well, the first refusal is the error, with what ghcr.io wants', async () => {
  const world = await startProtectedRegistry();
  world.onToken = ({ headers }) => ({ status: headers['authorization'] === undefined ? 401 : 403 });
  const { ask, warnings } = openSession(world.registry, GITHUB, options);
  await assert.rejects(ask('/a', PULL), {
    code: 'credentials-refused',
    message: /the job's github-token.* answered 403/,
    hint: /packages: write.*Manage Actions access/,
  });
  assert.deepEqual(warnings, []);
});

test('a 403 that anonymous access does not better stays the answer', async () => {
  const world = await startProtectedRegistry();
  world.onRegistry = ({ headers }) =>
    headers['authorization'] === undefined ? undefined : { status: 403, body: 'no' };
  const { ask, warnings } = openSession(world.registry, GITHUB, options);
  assert.deepEqual(await ask('/a', PULL), { status: 403, text: 'no' });
  assert.deepEqual(warnings, []);
});

test('no anonymous try is made for a push, nor for a credential that somebody configured', async () => {
  const world = await startPublicPackage();
  await assert.rejects(openSession(world.registry, GITHUB, options).ask('/a', PUSH, { method: 'POST' }), {
    code: 'credentials-refused',
  });
  await assert.rejects(openSession(world.registry, BASIC, options).ask('/a', PULL), { code: 'credentials-refused' });
  assert.equal(world.tokenServer.authorizations().includes(''), false);
});

test('reading anonymously does not keep a later push from using the token', async () => {
  const world = await startPublicPackage();
  const { ask } = openSession(world.registry, GITHUB, options);
  await ask('/a', PULL);
  world.onToken = () => undefined;
  assert.equal((await ask('/a', PUSH, { method: 'PUT' })).status, 200);
  assert.match(world.tokenServer.authorizations().at(-1) ?? '', /^Basic /);
});
