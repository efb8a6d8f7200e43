/** `list --format json` beside what `oras discover --format json` prints of the same image. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { buildGoTool, runTool, skipWithoutGo } from '../support/go-tools.ts';
import { PEERS } from '../support/interop/peers.ts';
import { NODE_24, PROJECT_ROOT } from '../support/runner-harness.ts';
import { pushSampleIndex, pushSampleReferrer } from '../support/sample-image.ts';

/** Keys that a node of oras has not; README names them. */
const OWN_KEYS: ReadonlySet<string> = new Set(['source', 'verified', 'children', 'complete']);

async function listJson(image: string): Promise<string> {
  const child = spawn(
    NODE_24,
    [join(PROJECT_ROOT, 'dist/cli.js'), 'list', image, '--depth', 'all', '--format', 'json'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
    },
  );
  return await text(child.stdout);
}

describe('the JSON of a listing', { skip: await skipWithoutGo() }, () => {
  it('is what oras discover prints, key for key in its order, but for keys of our own', async (t) => {
    const registry = await startEmbeddedRegistry();
    t.after(() => registry.close());
    const target = { host: registry.host, repository: 'acme/app' };
    const { descriptor } = await pushSampleIndex(target, { tag: '1' });
    const sbom = await pushSampleReferrer(target, descriptor, {
      artifactType: 'application/spdx+json',
      annotations: { b: '2 < 3 & "so"', a: '1' },
    });
    await pushSampleReferrer(target, sbom.descriptor, { artifactType: 'application/vnd.example.signature' });
    await pushSampleReferrer(target, descriptor, { artifactType: 'application/vnd.example.report' });
    const image = `${registry.host}/acme/app:1`;

    const oras = await buildGoTool(PEERS.oras);
    const theirs: unknown = JSON.parse(await runTool(oras, ['discover', '--plain-http', '--format', 'json', image]));
    const ours: unknown = JSON.parse(await listJson(image), (key, value) => (OWN_KEYS.has(key) ? undefined : value));
    assert.equal(JSON.stringify(ours, undefined, 2), JSON.stringify(theirs, undefined, 2));
    assert.equal(JSON.stringify(theirs).split('"reference":').length - 1, 4, 'the image and three referrers');
  });
});
