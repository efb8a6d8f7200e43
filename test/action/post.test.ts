import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type EmbeddedRegistry, startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { runStep, type StepOptions, type StepRun } from '../support/runner-harness.ts';
import { pushSampleImage, pushSampleManifest } from '../support/sample-image.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

describe('the post step of attach', () => {
  let registry: EmbeddedRegistry;
  let workspace: TempDir;

  before(async () => {
    registry = await startEmbeddedRegistry();
    workspace = await makeTempDir();
    await writeFile(join(workspace.path, 'report.json'), '{"a":1}');
  });
  beforeEach(() => {
    registry.quirks.referrersApi = false;
    registry.quirks.readOnly = undefined;
  });
  after(async () => {
    await registry.close();
    await workspace.remove();
  });

  async function attach(repository: string, beforePost: (tag: string) => Promise<void>): Promise<StepRun> {
    const target = { host: registry.host, repository };
    const { descriptor } = await pushSampleImage(target, { tag: '1', name: repository });
    const options: StepOptions = {
      with: { image: `${registry.host}/${repository}:1`, files: 'report.json', 'artifact-type': 'application/vnd.x' },
      workspace: workspace.path,
      beforePost: () => beforePost(descriptor.digest.replace(':', '-')),
    };
    const step = await runStep('attach', options);
    assert.equal(step.exitCode, 0, step.stdout);
    return step;
  }

  const overwriteList = (repository: string) => async (tag: string) => {
    const target = { host: registry.host, repository };
    await pushSampleManifest(target, { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] }, { tag });
  };

  async function listedIn(repository: string, subject: string): Promise<string[]> {
    const url = `${registry.url}/v2/${repository}/manifests/${subject.replace(':', '-')}`;
    const index = (await (await fetch(url, { headers: { accept: OCI_INDEX } })).json()) as {
      manifests: { digest: string }[];
    };
    return index.manifests.map(({ digest }) => digest);
  }

  test('what another writer overwrote in the fallback list is listed again, with a warning', async () => {
    const step = await attach('acme/lost', overwriteList('acme/lost'));
    assert.equal(step.post?.exitCode, 0, step.post?.stdout);
    const warnings = step.post?.commands.filter(({ name }) => name === 'warning') ?? [];
    assert.deepEqual(
      warnings.map(({ properties }) => properties['title']),
      ['fallback-entry-restored'],
    );
    assert.deepEqual(await listedIn('acme/lost', step.outputs['subject-digest'] ?? ''), [step.outputs['digest']]);
  });

  test('where nothing is lost it reads once and writes nothing', async () => {
    const step = await attach('acme/calm', async () => registry.clearLog());
    assert.equal(step.post?.exitCode, 0, step.post?.stdout);
    assert.match(step.post?.log ?? '', /all is still listed/);
    assert.deepEqual(
      registry.log.filter(({ method }) => method !== 'GET' && method !== 'HEAD'),
      [],
    );
  });

  test('what a later step replaced stays replaced, and a line of the log says so', async () => {
    const step = await attach('acme/replaced', async () => {
      await writeFile(join(workspace.path, 'report.json'), '{"a":2}');
      const image = `${registry.host}/acme/replaced:1`;
      const inputs = { image, files: 'report.json', 'artifact-type': 'application/vnd.x', 'if-exists': 'replace' };
      const later = await runStep('attach', { with: inputs, workspace: workspace.path });
      assert.match(later.outputs['attached'] ?? '', /"status":"replaced"/);
      await writeFile(join(workspace.path, 'report.json'), '{"a":1}');
    });
    assert.equal(step.post?.exitCode, 0, step.post?.stdout);
    assert.match(step.post?.log ?? '', /replaced by another edition; 0 listed again/);
    const listed = await listedIn('acme/replaced', step.outputs['subject-digest'] ?? '');
    assert.equal(listed.length, 1);
    assert.ok(!listed.includes(step.outputs['digest'] ?? ''));
  });

  test('what a later step deleted is a warning', async () => {
    const step = await attach('acme/deleted', async (tag) => {
      const url = `${registry.url}/v2/acme/deleted/manifests`;
      const [digest] = await listedIn('acme/deleted', tag.replace('-', ':'));
      await overwriteList('acme/deleted')(tag);
      assert.equal((await fetch(`${url}/${digest}`, { method: 'DELETE' })).status, 202);
    });
    assert.equal(step.post?.exitCode, 0, step.post?.stdout);
    const warnings = step.post?.commands.filter(({ name }) => name === 'warning') ?? [];
    assert.deepEqual(
      warnings.map(({ properties }) => properties['title']),
      ['attached-gone'],
    );
  });

  test('a heal that fails is an error', async () => {
    const step = await attach('acme/shut', async (tag) => {
      await overwriteList('acme/shut')(tag);
      registry.quirks.readOnly = 405;
    });
    assert.notEqual(step.post?.exitCode, 0);
    assert.equal(step.post?.commands.filter(({ name }) => name === 'error').length, 1, step.post?.stdout);
  });

  test('with the referrers API nothing is saved for it, and it ends at once, in silence', async () => {
    registry.quirks.referrersApi = true;
    const step = await attach('acme/api', async () => registry.clearLog());
    assert.deepEqual(step.state, {});
    assert.deepEqual([step.post?.exitCode, step.post?.stdout], [0, '']);
    assert.deepEqual(registry.log, []);
  });

  test('the state holds names and digests, nothing else', async () => {
    const step = await attach('acme/state', async () => undefined);
    assert.deepEqual(Object.keys(step.state), ['heal']);
    assert.deepEqual(JSON.parse(step.state['heal'] ?? ''), [
      {
        repository: `${registry.host}/acme/state`,
        subject: step.outputs['subject-digest'],
        digests: [step.outputs['digest']],
      },
    ]);
  });
});
