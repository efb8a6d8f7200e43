import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenRegistry, type OpenRegistryOptions, openRegistry } from '../../src/library/open-registry.ts';
import type { RequestTrace } from '../../src/net/types.ts';
import { startProxy } from '../support/loopback-proxy.ts';
import { startServer } from '../support/loopback-server.ts';
import { buildSelfSigned } from '../support/self-signed.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/** A host that is not on loopback, so that TLS is what is spoken unless an option says otherwise. */
const NAME = 'registry.example/acme/app';

async function open(t: TestContext, options: OpenRegistryOptions = {}): Promise<OpenRegistry> {
  const registry = await openRegistry({ env: {}, retries: 0, ...options });
  t.after(() => registry.close());
  return registry;
}

/** Whether a manifest is there, by `options`; the servers of these tests say 404 to everything. */
async function look(registry: OpenRegistry, name: string): Promise<boolean> {
  const store = await registry.repository(name);
  return (await store.findManifest({ tag: '1' })) !== undefined;
}

describe('openRegistry', () => {
  it('sends nothing before it is asked something, and counts and tells what it sends', async (t) => {
    const server = await startServer(t, (_request, response) => response.writeHead(404).end());
    const traces: RequestTrace[] = [];
    const registry = await open(t, { onTrace: (trace) => traces.push(trace) });
    const name = `127.0.0.1:${server.port}/acme/app`;
    await registry.repository(name);
    assert.deepEqual([server.requests.length, registry.economy.requests], [0, 0]);
    assert.equal(await look(registry, name), false);
    assert.deepEqual([server.requests.length, registry.economy.requests], [1, 1]);
    assert.deepEqual(
      traces.map(({ method, status }) => [method, status]),
      [['GET', 404]],
    );
  });

  it('trusts a `caFile` besides, asks for no certificate where `insecure`, and neither by itself', async (t) => {
    const tls = buildSelfSigned(['registry.example']);
    const server = await startServer(t, (_request, response) => response.writeHead(404).end(), { tls });
    const proxy = await startProxy(t, { upstream: server.port });
    await using folder = await makeTempDir();
    const caFile = join(folder.path, 'ca.pem');
    await writeFile(caFile, tls.cert);
    const env = { HTTPS_PROXY: proxy.url.href };
    await assert.rejects(look(await open(t, { env }), NAME), { code: 'tls-failed' });
    assert.equal(server.requests.length, 0);
    assert.equal(await look(await open(t, { env, caFile }), NAME), false);
    assert.equal(await look(await open(t, { env, insecure: true }), NAME), false);
    assert.equal(server.requests.length, 2);
  });

  it('speaks plain HTTP where `plainHttp`', async (t) => {
    const server = await startServer(t, (_request, response) => response.writeHead(404).end());
    const proxy = await startProxy(t, { upstream: server.port });
    const env = { HTTP_PROXY: proxy.url.href };
    assert.equal(await look(await open(t, { env, plainHttp: true }), NAME), false);
    assert.deepEqual(proxy.asked, [`GET http://registry.example/v2/acme/app/manifests/1`]);
  });

  it('speaks TLS on loopback, too, where `plainHttp` is false', async (t) => {
    const tls = buildSelfSigned(['localhost']);
    const server = await startServer(t, (_request, response) => response.writeHead(404).end(), { tls });
    const name = `127.0.0.1:${server.port}/acme/app`;
    assert.equal(await look(await open(t, { plainHttp: false, insecure: true }), name), false);
    assert.equal(server.requests.length, 1);
  });

  it('tries again `retries` times', async (t) => {
    const server = await startServer(t, (_request, response) => response.writeHead(503, { 'retry-after': '0' }).end());
    const name = `127.0.0.1:${server.port}/acme/app`;
    for (const retries of [0, 2]) {
      const before = server.requests.length;
      await assert.rejects(look(await open(t, { retries }), name), { code: 'server-error' });
      assert.equal(server.requests.length - before, retries + 1);
    }
  });

  it('waits `timeout` seconds for an answer', { timeout: 30_000 }, async (t) => {
    const server = await startServer(t, () => undefined);
    const registry = await open(t, { timeout: 1 });
    await assert.rejects(look(registry, `127.0.0.1:${server.port}/acme/app`), { code: 'network-timeout' });
    assert.equal(server.requests.length, 1);
  });

  it('ends every request by `signal`', { timeout: 30_000 }, async (t) => {
    const stop = new AbortController();
    const server = await startServer(t, () => stop.abort());
    const registry = await open(t, { signal: stop.signal });
    await assert.rejects(look(registry, `127.0.0.1:${server.port}/acme/app`), { code: 'aborted' });
    assert.equal(server.requests.length, 1);
  });

  it('sends `concurrency` requests at a time', { timeout: 30_000 }, async (t) => {
    for (const concurrency of [1, 3]) {
      let most = 0;
      let waiting: (() => unknown)[] = [];
      const server = await startServer(t, async (_request, response) => {
        waiting.push(() => response.writeHead(404).end());
        most = Math.max(most, waiting.length);
        if (waiting.length < concurrency) return;
        await sleep(30); // one too many would come meanwhile
        for (const answer of waiting) answer();
        waiting = [];
      });
      const registry = await open(t, { concurrency });
      const store = await registry.repository(`127.0.0.1:${server.port}/acme/app`);
      await Promise.all(['1', '2', '3', '4', '5', '6'].map((tag) => store.findManifest({ tag })));
      assert.equal(most, concurrency);
      assert.equal(server.requests.length, 6);
    }
  });

  const REFUSED: readonly (readonly [title: string, options: OpenRegistryOptions, code: string])[] = [
    ['no requests at a time', { concurrency: 0 }, 'input-invalid'],
    ['half a retry', { retries: 0.5 }, 'input-invalid'],
    ['a user without a password', { username: 'ann' }, 'input-conflict'],
    ['a caFile that is not there', { caFile: join(import.meta.dirname, 'none.pem') }, 'ca-file-invalid'],
  ];
  for (const [title, options, code] of REFUSED) {
    it(`refuses ${title}: ${code}`, () => assert.rejects(openRegistry({ env: {}, ...options }), { code }));
  }

  it('refuses a name that is no repository', async (t) => {
    const registry = await open(t);
    await assert.rejects(async () => registry.repository('acme app'), { code: 'reference-invalid' });
  });
});
