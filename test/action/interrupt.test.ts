import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { runStep } from '../support/runner-harness.ts';
import { pushSampleImage } from '../support/sample-image.ts';
import { NO_SIGNALS } from '../support/system.ts';
import { makeTempDir } from '../support/temp-dir.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`a job cancelled with ${signal} cancels its uploads and fails with code aborted`, {
    skip: NO_SIGNALS,
  }, async () => {
    const registry = await startEmbeddedRegistry({ quirks: { singlePost: false } });
    await using workspace = await makeTempDir();
    try {
      await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
      const file = join(workspace.path, 'big.bin');
      await writeFile(file, 'x');
      await truncate(file, 8 * 1024 * 1024);
      let kill: (signal: NodeJS.Signals) => void = () => assert.fail('not started');
      let killed = false;
      registry.quirks.intercept = (request) => {
        if (request.method !== 'PUT' || killed) return undefined;
        killed = true;
        kill(signal);
        // the upload's last request is never answered: only the interrupt ends it
        return new Promise(() => undefined);
      };
      const step = await runStep('attach', {
        with: { image: `${registry.host}/acme/app:1`, files: 'big.bin', 'artifact-type': 'application/vnd.x' },
        workspace: workspace.path,
        onStart: (send) => {
          kill = send;
        },
      });
      assert.ok(killed);
      assert.notEqual(step.exitCode, 0);
      assert.deepEqual(
        step.commands.filter(({ name }) => name === 'error').map(({ properties }) => properties['title']),
        ['aborted'],
        step.stdout,
      );
      assert.equal(registry.openUploads, 0);
    } finally {
      await registry.close();
    }
  });
}

test('the deadline ends a run that waits, with a code of its own', async () => {
  const registry = await startEmbeddedRegistry({ quirks: { intercept: () => new Promise(() => undefined) } });
  try {
    const step = await runStep('list', { with: { image: `${registry.host}/acme/app:1`, deadline: '1' } });
    assert.equal(step.exitCode, 3, step.stdout);
    const titles = step.commands.filter(({ name }) => name === 'error').map(({ properties }) => properties['title']);
    assert.deepEqual([...new Set(titles)], ['deadline-exceeded']);
    assert.match(step.stdout, /within its 1 seconds: it waited for GET http:\/\/127\.0\.0\.1:\d+\/v2\/acme\/app\//);
  } finally {
    await registry.close();
  }
});
