import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startEmbeddedRegistry } from '../../src/embedded/embedded-registry.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { runStep, type StepRun } from '../support/runner-harness.ts';
import { pushSampleImage } from '../support/sample-image.ts';

/** Real documents from elsewhere: set VECTORS_DIR to the folder that holds them. */
const DIR = process.env['VECTORS_DIR'] ?? '';
const skip = DIR === '' ? 'VECTORS_DIR is not set' : false;
const SPDX = 'application/spdx+json';
const CYCLONEDX = 'application/vnd.cyclonedx+json';
const SBOMS: Readonly<Record<string, string>> = {
  'attest-cyclonedx-sbom.json': CYCLONEDX,
  'attest-spdx-sbom.json': SPDX,
  'bom-go-mod.cyclonedx.json': CYCLONEDX,
  'bom-go-mod.spdx': 'text/spdx',
  'bom-go-mod.spdx.json': SPDX,
};

describe('documents that others made, by the Action', { skip }, () => {
  let registry: Awaited<ReturnType<typeof startEmbeddedRegistry>>;
  let image: string;
  before(async () => {
    registry = await startEmbeddedRegistry();
    await pushSampleImage({ host: registry.host, repository: 'acme/app' }, { tag: '1' });
    image = `${registry.host}/acme/app:1`;
  });
  after(() => registry.close());

  const attach = (files: readonly string[]): Promise<StepRun> =>
    runStep('attach', { workspace: DIR, with: { image, files: files.join('\n') } });

  it('are attached with the type that they are of, to the byte, and listed', async () => {
    const attached = await attach(Object.keys(SBOMS).map((name) => `sbom/${name}`));
    assert.equal(attached.exitCode, 0, attached.log);
    const listed = await runStep('list', { with: { image, 'min-count': '5' } });
    assert.equal(listed.exitCode, 0, listed.log);
    assert.equal(listed.outputs['count'], '5');
    const rows = JSON.parse(attached.outputs['attached'] ?? '[]') as { digest: string; artifactType: string }[];
    assert.deepEqual(rows.map(({ artifactType }) => artifactType).sort(), Object.values(SBOMS).sort());
    const held = await Promise.all(rows.map(({ digest }) => layerOf(digest)));
    const given = await Promise.all(Object.keys(SBOMS).map((name) => readFile(join(DIR, 'sbom', name))));
    assert.deepEqual(held.sort(), given.map((bytes) => digestOf(bytes)).sort());
  });

  it('a signed bundle about another image is refused, and nothing is written', async () => {
    registry.clearLog();
    const { exitCode, log } = await attach(['gh/reusable-workflow-attestation.sigstore.json']);
    assert.equal(exitCode, 1, log);
    assert.match(log, /::error [^:]*title=subject-mismatch/);
    assert.deepEqual(
      registry.log.filter(({ method }) => method !== 'GET' && method !== 'HEAD').map(({ path }) => path),
      [],
    );
    assert.ok(registry.log.length > 0, 'the image was looked at');
  });

  /** The digest of the one layer of an attached manifest, whose blob is there. */
  async function layerOf(digest: string): Promise<string> {
    const read = async (what: string): Promise<Uint8Array> => {
      const answer = await fetch(`${registry.url}/v2/acme/app/${what}`, { headers: { accept: '*/*' } });
      assert.equal(answer.status, 200, what);
      return new Uint8Array(await answer.arrayBuffer());
    };
    const { layers } = JSON.parse(Buffer.from(await read(`manifests/${digest}`)).toString()) as {
      readonly layers: readonly { readonly digest: string }[];
    };
    assert.equal(layers.length, 1);
    return digestOf(await read(`blobs/${layers[0]?.digest}`));
  }
});
