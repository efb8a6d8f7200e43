import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import type { AuthOptions, BearerAuthOptions } from '../../src/embedded/auth/auth-options.ts';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { type Answer, beginUpload, pushManifest, send } from './registry-client.ts';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const users = {
  ann: { password: 'pass:word' },
  bob: {
    password: 'b',
    allows: (repository: string, action: string) => repository === 'acme/app' && action === 'pull',
  },
};

describe('credentials of the embedded registry', () => {
  let registry: EmbeddedRegistry | undefined;
  const start = async (auth: AuthOptions): Promise<EmbeddedRegistry> => {
    registry = await startEmbeddedRegistry({ auth, secondOrigin: true });
    return registry;
  };
  afterEach(async () => {
    await registry?.close();
    registry = undefined;
  });
  after(() => registry?.close());

  const ask = (path: string, authorization?: string, method = 'GET'): Promise<Answer> =>
    send(method, `${registry?.url}${path}`, authorization === undefined ? {} : { headers: { authorization } });
  const status = async (path: string, authorization?: string, method = 'GET'): Promise<number> =>
    (await ask(path, authorization, method)).status;

  describe('Basic', () => {
    it('asks for credentials and knows its users', async () => {
      await start({ kind: 'basic', users });
      const asked = await ask('/v2/');
      assert.deepEqual([asked.status, asked.errorCodes()], [401, ['UNAUTHORIZED']]);
      assert.equal(asked.headers.get('www-authenticate'), 'Basic realm="embedded registry"');
      assert.equal(await status('/v2/', basic('ann', 'pass:word')), 200);
      for (const wrong of [
        basic('ann', 'pass'),
        basic('nobody', ''),
        basic('constructor', ''),
        'Basic !',
        'Bearer x',
      ]) {
        assert.equal(await status('/v2/', wrong), 401, wrong);
      }
    });

    it('answers 403 for what a user may not do', async () => {
      await start({ kind: 'basic', users });
      const bob = basic('bob', 'b');
      assert.equal(await status('/v2/acme/app/tags/list', bob), 404);
      assert.equal(await status('/v2/acme/other/tags/list', bob), 403);
      assert.equal(await status('/v2/acme/app/blobs/uploads/', bob, 'POST'), 403);
    });

    it('lets anybody read where it may, but not with wrong credentials', async () => {
      await start({ kind: 'basic', users, anonymousPull: true });
      assert.equal(await status('/v2/acme/app/tags/list'), 404);
      assert.equal(await status('/v2/acme/app/tags/list', basic('ann', 'x')), 401);
      assert.equal(await status('/v2/acme/app/blobs/uploads/', undefined, 'POST'), 401);
    });

    it('asks nobody at the second origin', async () => {
      const { secondUrl } = await start({ kind: 'basic', users });
      assert.equal((await send('GET', `${secondUrl}/v2/`)).status, 200);
    });
  });

  describe('Bearer', () => {
    const token = async (query: string, authorization?: string): Promise<string> =>
      (await ask(`/token?service=embedded-registry${query}`, authorization)).json().token;
    const post = (form: Record<string, string>): Promise<Answer> =>
      send('POST', `${registry?.url}/token`, { body: new URLSearchParams(form).toString() });
    const bearer = (options: Partial<BearerAuthOptions> = {}): Promise<EmbeddedRegistry> =>
      start({ kind: 'bearer', users, ...options });
    const pull = '&scope=repository:acme/app:pull';

    it('names realm, service and the smallest scope in its challenge', async () => {
      const { url } = await bearer();
      const challenge = async (path: string, method = 'GET'): Promise<string | null> =>
        (await ask(path, undefined, method)).headers.get('www-authenticate');
      const start = `Bearer realm="${url}/token",service="embedded-registry"`;
      assert.equal(await challenge('/v2/'), start);
      assert.equal(await challenge('/v2/acme/app/tags/list'), `${start},scope="repository:acme/app:pull"`);
      assert.equal(
        await challenge('/v2/acme/app/blobs/uploads/', 'POST'),
        `${start},scope="repository:acme/app:pull,push"`,
      );
      assert.equal(
        await challenge('/v2/acme/app/manifests/x', 'DELETE'),
        `${start},scope="repository:acme/app:delete"`,
      );
      assert.equal(
        await challenge('/v2/acme/app/blobs/uploads/?mount=sha256:x&from=acme/b', 'POST'),
        `${start},scope="repository:acme/app:pull,push repository:acme/b:pull"`,
      );
    });

    it('gives a token for the scopes asked, and no other request passes with it', async () => {
      await bearer();
      const authorization = `Bearer ${await token(pull, basic('ann', 'pass:word'))}`;
      assert.equal(await status('/v2/', authorization), 200);
      assert.equal(await status('/v2/acme/app/tags/list', authorization), 404);
      const refused = await ask('/v2/acme/app/blobs/uploads/', authorization, 'POST');
      assert.equal(refused.status, 401);
      assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
      assert.equal(await status('/v2/acme/other/tags/list', authorization), 401);
    });

    it('gives a user no more than may be had, and answers 403 where told to', async () => {
      await bearer({ insufficientScope: 403 });
      const authorization = `Bearer ${await token('&scope=repository:acme/app:pull,push', basic('bob', 'b'))}`;
      assert.equal(await status('/v2/acme/app/tags/list', authorization), 404);
      const refused = await ask('/v2/acme/app/blobs/uploads/', authorization, 'POST');
      assert.deepEqual([refused.status, refused.errorCodes()], [403, ['DENIED']]);
    });

    it('refuses wrong credentials at the token server', async () => {
      await bearer();
      assert.equal(await status(`/token?${pull}`, basic('ann', 'wrong')), 401);
      const form = { grant_type: 'password', service: 's', client_id: 'c', username: 'ann', password: 'wrong' };
      assert.equal((await post(form)).status, 401);
    });

    it('gives an anonymous token that reads only where that is allowed', async () => {
      await bearer();
      assert.equal(await status('/v2/acme/app/tags/list', `Bearer ${await token(pull)}`), 401);
      await registry?.close();
      await bearer({ anonymousPull: true });
      const anonymous = `Bearer ${await token('&scope=repository:acme/app:pull,push')}`;
      assert.equal(await status('/v2/acme/app/tags/list', anonymous), 404);
      assert.equal(await status('/v2/acme/app/blobs/uploads/', anonymous, 'POST'), 401);
    });

    it('gives tokens for a password and for a refresh token by POST', async () => {
      await bearer({ refreshTokens: { seed: 'ann' } });
      const common = { service: 'embedded-registry', client_id: 'test', scope: 'repository:acme/app:pull,push' };
      const first = await post({
        ...common,
        grant_type: 'password',
        username: 'ann',
        password: 'pass:word',
        access_type: 'offline',
      });
      const refreshToken = first.json().refresh_token;
      for (const refresh_token of ['seed', refreshToken, refreshToken]) {
        const answer = await post({ ...common, grant_type: 'refresh_token', refresh_token });
        const authorization = `Bearer ${answer.json().access_token}`;
        assert.equal(await status('/v2/acme/app/blobs/uploads/', authorization, 'POST'), 202);
        assert.equal(answer.json().refresh_token, undefined);
      }
      assert.equal((await post({ ...common, grant_type: 'refresh_token', refresh_token: 'unknown' })).status, 401);
      assert.equal((await post({ grant_type: 'refresh_token', refresh_token: 'seed' })).status, 400);
    });

    it('rotates refresh tokens where told to', async () => {
      await bearer({ refreshTokens: { seed: 'ann' }, rotateRefreshTokens: true });
      const form = { grant_type: 'refresh_token', service: 's', client_id: 'c', refresh_token: 'seed' };
      const next = (await post(form)).json().refresh_token;
      assert.equal((await post(form)).status, 401);
      assert.equal((await post({ ...form, refresh_token: next })).status, 200);
    });

    it('lets a token die: by its time, or at once', async () => {
      await bearer({ expiresInSeconds: 0 });
      const dead = await ask(`/token?service=s${pull}`, basic('ann', 'pass:word'));
      assert.equal(dead.json().expires_in, 0);
      await new Promise((resolve) => setTimeout(resolve, 2));
      assert.equal(await status('/v2/', `Bearer ${dead.json().token}`), 401);
      await registry?.close();
      const { revokeTokens } = await bearer();
      const alive = `Bearer ${await token(pull, basic('ann', 'pass:word'))}`;
      assert.equal(await status('/v2/', alive), 200);
      revokeTokens();
      assert.equal(await status('/v2/', alive), 401);
    });

    it('answers as it is told: other methods, other tokens, other challenges', async () => {
      await bearer({
        tokenMethods: ['GET'],
        tokenAnswer: ({ token: only }) => ({ access_token: only }),
        challenge: (regular) => ['Basic realm="x"', regular.replace('Bearer', 'bEaReR')],
      });
      assert.equal((await post({})).status, 405);
      const answer = await ask(`/token?service=s${pull}`, basic('ann', 'pass:word'));
      assert.deepEqual(Object.keys(answer.json()), ['access_token']);
      const challenge = (await ask('/v2/')).headers.get('www-authenticate') ?? '';
      assert.match(challenge, /^Basic realm="x", bEaReR realm=/);
    });
  });
});

/** Refused, or reset on a connection that was kept open. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ECONNREFUSED', 'ECONNRESET'].includes(String(error.code));
}

describe('an embedded registry without credentials', () => {
  it('has no token server', async () => {
    await using registry = await startEmbeddedRegistry();
    assert.equal((await send('GET', `${registry.url}/token`)).status, 404);
  });

  it('leaves no handle and no upload when it is closed with both open', async () => {
    await using registry = await startEmbeddedRegistry({ secondOrigin: true });
    await pushManifest(`${registry.url}/v2/a`, 'v1', { mediaType: OCI_INDEX, manifests: [] });
    await beginUpload(`${registry.url}/v2/a`);
    assert.equal(registry.openUploads, 1);
    await registry.close();
    assert.equal(registry.openUploads, 0);
    await assert.rejects(send('GET', `${registry.url}/v2/`), isGone);
    await assert.rejects(send('GET', `${registry.secondUrl}/v2/`), isGone);
  });
});
