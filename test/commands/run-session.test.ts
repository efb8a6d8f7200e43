import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type RegistryOptions, registryOptions } from '../../src/commands/common-options.ts';
import { parseOptions } from '../../src/commands/parse-options.ts';
import { runSession, type SessionHooks } from '../../src/commands/run-session.ts';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { parseReference } from '../../src/oci/reference.ts';
import { pushSampleImage } from '../support/sample-image.ts';

const OPTIONS: RegistryOptions = parseOptions({ name: 'test', options: registryOptions }, new Map(), (name) => name);
const NOTHING = (): void => undefined;

function hooksWith(loadMeanwhile: SessionHooks['loadMeanwhile']): SessionHooks {
  return { env: {}, workspace: '/', interrupt: new AbortController().signal, loadMeanwhile };
}

async function registryOf(t: TestContext) {
  const registry = await startEmbeddedRegistry();
  t.after(() => registry.close());
  for (const repository of ['acme/a', 'acme/b'])
    await pushSampleImage({ host: registry.host, repository }, { tag: '1' });
  registry.quirks.delayMs = 20;
  return registry;
}

describe('what a run loads while the registry answers', () => {
  it('is loaded once, between the first request and its answer, however many repositories are opened', async (t) => {
    const registry = await registryOf(t);
    const events: string[] = [];
    const hooks = hooksWith(async () => void events.push('load'));
    const onTrace = (): void => void events.push('answer');
    await runSession(OPTIONS, { ...hooks, onTrace }, NOTHING, async (context, economy) => {
      const repositories = ['acme/a', 'acme/b'].map((name) => parseReference(`${registry.host}/${name}:1`).reference);
      await Promise.all(
        repositories.map(async (reference) => {
          const store = await context.openStore(reference);
          assert.ok(!events.includes('load'), 'loaded before anything was asked');
          assert.ok(await store.findManifest({ tag: '1' }));
        }),
      );
      assert.equal(economy().requests, 2);
    });
    assert.deepEqual(events, ['load', 'answer', 'answer']);
  });

  it('is not loaded by a run that asks no registry', async () => {
    let loads = 0;
    const hooks = hooksWith(async () => loads++);
    assert.equal(await runSession(OPTIONS, hooks, NOTHING, async () => 'done'), 'done');
    assert.equal(loads, 0);
  });

  it('fails no run where it cannot be loaded: who needs it hears of it', async (t) => {
    const registry = await registryOf(t);
    let loads = 0;
    const hooks = hooksWith(async () => {
      loads++;
      throw new TypeError('no such file');
    });
    const found = await runSession(OPTIONS, hooks, NOTHING, async (context) => {
      const store = await context.openStore(parseReference(`${registry.host}/acme/a:1`).reference);
      return store.findManifest({ tag: '1' });
    });
    assert.ok(found);
    assert.equal(loads, 1);
  });
});
