import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Credential } from '../../src/auth/types.ts';
import type { AuthOptions } from '../../src/embedded/auth/auth-options.ts';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { BASIC, openSession, PULL, PUSH } from './protected-registry.ts';

/** A session against the embedded registry, which was written to the specifications and not to this client. */
async function open(auth: AuthOptions, credential: Credential | undefined) {
  const registry = await startEmbeddedRegistry({ auth });
  after(() => registry.close());
  const server = { origin: new URL(registry.url), seen: [], authorizations: () => [] };
  const { ask } = openSession(server, credential);
  const upload = '/v2/acme/app/blobs/uploads/';
  return {
    registry,
    read: () => ask('/v2/acme/app/tags/list', PULL),
    startUpload: () => ask(upload, PUSH, { method: 'POST' }),
    tokenRequests: () => registry.log.filter(({ path }) => path.startsWith('/token')).length,
  };
}

const users = { me: { password: 'secret' } };
const wrong: Credential = { kind: 'basic', username: 'me', password: 'wrong', origin: 'FILE' };

test('embedded registry, Bearer: a user pushes and reads, a wrong password and a stranger are told apart', async () => {
  const { startUpload, tokenRequests } = await open({ kind: 'bearer', users }, BASIC);
  assert.equal((await startUpload()).status, 202);
  assert.equal((await startUpload()).status, 202);
  assert.equal(tokenRequests(), 1);
  await assert.rejects((await open({ kind: 'bearer', users }, wrong)).startUpload(), { code: 'credentials-refused' });
  await assert.rejects((await open({ kind: 'bearer', users }, undefined)).startUpload(), {
    code: 'credentials-missing',
  });
});

test('embedded registry, Bearer: a user who may only read is scope-insufficient when writing, after one token', async () => {
  const reader = { me: { password: 'secret', allows: (_: string, action: string) => action === 'pull' } };
  const { startUpload, tokenRequests } = await open({ kind: 'bearer', users: reader }, BASIC);
  await assert.rejects(startUpload(), { code: 'scope-insufficient' });
  assert.equal(tokenRequests(), 1);
});

test('embedded registry, Bearer: tokens revoked in the middle are replaced, once a request', async () => {
  const { registry, startUpload, tokenRequests } = await open({ kind: 'bearer', users }, BASIC);
  await startUpload();
  registry.revokeTokens();
  assert.equal((await startUpload()).status, 202);
  assert.equal(tokenRequests(), 2);
});

test('embedded registry, OAuth2: a rotating refresh token outlives its first exchange', async () => {
  const identity: Credential = { kind: 'identity-token', token: 'first', origin: 'FILE' };
  const auth: AuthOptions = { kind: 'bearer', users, refreshTokens: { first: 'me' }, rotateRefreshTokens: true };
  const { registry, startUpload, tokenRequests } = await open(auth, identity);
  for (const _ of [1, 2, 3]) {
    assert.equal((await startUpload()).status, 202);
    registry.revokeTokens();
  }
  assert.equal(tokenRequests(), 3);
});

test('embedded registry, Basic: the password is asked for once and then sent along', async () => {
  const { registry, startUpload } = await open({ kind: 'basic', users }, BASIC);
  assert.equal((await startUpload()).status, 202);
  assert.equal((await startUpload()).status, 202);
  assert.equal(registry.log.length, 3);
  await assert.rejects((await open({ kind: 'basic', users }, wrong)).startUpload(), { code: 'credentials-refused' });
});

test('embedded registry, anonymous reading: a stranger reads and may not write', async () => {
  const { read, startUpload } = await open({ kind: 'bearer', users, anonymousPull: true }, undefined);
  assert.equal((await read()).status, 404); // no such repository yet, which only a reader is told
  await assert.rejects(startUpload(), { code: 'credentials-missing' });
});
