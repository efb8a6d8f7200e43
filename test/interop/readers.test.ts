/**
 * The main job as the GitHub runner does it, on real registries: two files attached by the committed dist, and found by
 * clients that are not ours.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { skipWithoutDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { buildGoTool, ORAS_GO_LIST, REGCTL, runTool, skipWithoutGo } from '../support/go-tools.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleIndex, type SampleIndex } from '../support/sample-image.ts';

const SPDX = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'app',
  dataLicense: 'CC0-1.0',
  documentNamespace: 'https://acme.example/sbom/app',
  creationInfo: { created: '2026-11-22T00:00:00Z', creators: ['Tool: acme'] },
  packages: [],
};
const CYCLONEDX = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] };
const TYPES = ['application/spdx+json', 'application/vnd.cyclonedx+json'];

interface OrasReferrer {
  readonly digest: string;
  readonly artifactType: string;
  readonly layers: readonly string[];
}

const noGo = await skipWithoutGo();
const kinds = [
  { name: 'the embedded registry (referrers API)', skip: false as const, start: () => startEmbeddedRegistry() },
  {
    name: "Debian's docker-registry (tag schema)",
    skip: skipWithoutDockerRegistry(),
    start: () => startDockerRegistry(),
  },
];

for (const { name, skip, start } of kinds) {
  describe(`what the Action attaches to an image on ${name}`, { skip }, () => {
    let registry: { readonly host: string; close(): Promise<void> };
    let image: SampleIndex;
    let workspace: string;
    let attached: StepRun;
    let digests: readonly string[];

    before(async () => {
      registry = await start();
      image = await pushSampleIndex({ host: registry.host, repository: 'acme/app' }, { tag: '1.4' });
      workspace = await mkdtemp(join(tmpdir(), 'interop-'));
      await writeFile(join(workspace, 'sbom.spdx.json'), JSON.stringify(SPDX));
      await writeFile(join(workspace, 'sbom.cdx.json'), JSON.stringify(CYCLONEDX));
      attached = await runStep('attach', {
        workspace,
        with: { image: `${registry.host}/acme/app:1.4`, files: 'sbom.spdx.json\nsbom.cdx.json' },
      });
      digests = (JSON.parse(attached.outputs['attached'] ?? '[]') as { digest: string }[]).map((row) => row.digest);
    });
    after(async () => {
      await registry.close();
      await rm(workspace, { recursive: true });
    });

    it('is attached without an error, and said so in the outputs', () => {
      assert.equal(attached.exitCode, 0, attached.log);
      assert.equal(attached.outputs['count'], '2');
      assert.equal(attached.outputs['subject-digest'], image.descriptor.digest);
      assert.equal(digests.length, 2);
    });

    it('is listed back by the Action, proved', async () => {
      const listed = await runStep('list', { with: { image: `${registry.host}/acme/app:1.4`, 'min-count': '2' } });
      assert.equal(listed.exitCode, 0, listed.log);
      assert.equal(listed.outputs['complete'], 'true');
      assert.deepEqual(listed.outputs['digests']?.split('\n').sort(), [...digests].sort());
      assert.deepEqual(listed.outputs['artifact-types']?.split('\n').sort(), TYPES);
    });

    it('is found and read, layers and all, by oras-go', { skip: noGo }, async () => {
      const tool = await buildGoTool(ORAS_GO_LIST);
      const found = JSON.parse(await runTool(tool, [`${registry.host}/acme/app`, '1.4'])) as OrasReferrer[];
      assert.deepEqual(found.map(({ digest }) => digest).sort(), [...digests].sort());
      assert.deepEqual(found.map(({ artifactType }) => artifactType).sort(), TYPES);
      for (const { layers } of found) assert.equal(layers.length, 1);
    });

    it('is found by regctl', { skip: noGo }, async () => {
      const tool = await buildGoTool(REGCTL);
      const reference = `${registry.host}/acme/app:1.4`;
      const list = await runTool(tool, [
        'artifact',
        'list',
        reference,
        '--format',
        'body',
        '--host',
        `reg=${registry.host},tls=disabled`,
      ]);
      const { manifests } = JSON.parse(list) as { manifests: { digest: string; artifactType: string }[] };
      assert.deepEqual(manifests.map(({ digest }) => digest).sort(), [...digests].sort());
      assert.deepEqual(manifests.map(({ artifactType }) => artifactType).sort(), TYPES);
    });
  });
}
