import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createRegistrySession } from '../../src/auth/registry-session.ts';
import type { RegistrySession, Scope } from '../../src/auth/types.ts';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { createHttpClient } from '../../src/net/http-client.ts';

const SCOPE: Scope = { repository: 'acme/app', actions: ['pull'] };

async function start(
  t: TestContext,
  expectChallenge: boolean,
): Promise<{ registry: EmbeddedRegistry; session: RegistrySession; ask: () => Promise<number> }> {
  const users = { me: { password: 'pw' } };
  const registry = await startEmbeddedRegistry({ auth: { kind: 'bearer', users }, quirks: { delayMs: 20 } });
  const http = createHttpClient({ env: {}, retries: 0 });
  t.after(async () => {
    await http.close();
    await registry.close();
  });
  const session = createRegistrySession({
    http,
    origin: new URL(registry.url),
    registry: registry.host,
    credentials: { find: async () => ({ kind: 'basic', username: 'me', password: 'pw', origin: 'the test' }) },
    expectChallenge,
  });
  const url = new URL('/v2/acme/app/tags/list', registry.url);
  const ask = async (): Promise<number> => (await session.request({ method: 'GET', url }, 1000, SCOPE)).status;
  return { registry, session, ask };
}

function refusals({ log }: EmbeddedRegistry): number {
  return log.filter(({ status }) => status === 401).length;
}

describe('requests that a run begins with', () => {
  it('are refused once where a challenge is expected, and answered with one token', async (t) => {
    const { registry, ask } = await start(t, true);
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), [404, 404, 404]);
    assert.equal(refusals(registry), 1);
    assert.equal(registry.log.filter(({ path }) => path === '/token').length, 1);
    assert.equal(registry.rounds(), 3);
  });

  it('all go out at once where none is expected', async (t) => {
    const { registry, ask } = await start(t, false);
    await Promise.all([ask(), ask(), ask()]);
    assert.equal(refusals(registry), 3);
  });

  it('go on for themselves when the first of them fails', async (t) => {
    const { registry, ask } = await start(t, true);
    let first = true;
    registry.quirks.intercept = () => {
      const isFirst = first;
      first = false;
      return isFirst ? { status: 200, headers: {}, body: new Uint8Array(10), fault: { kind: 'truncate' } } : undefined;
    };
    const [lost, next, last] = await Promise.allSettled([ask(), ask(), ask()]);
    assert.equal(lost?.status, 'rejected');
    assert.ok(next?.status === 'fulfilled' && last?.status === 'fulfilled');
  });
});
