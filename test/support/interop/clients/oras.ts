import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../../src/oci/digest.ts';
import { type InteropClient, nameOf, type PulledArtifact, type SeenReferrer } from '../client.ts';
import { layersOf } from '../manifest-layers.ts';
import { runProgram } from '../run-program.ts';

const TYPE = 'application/vnd.example.oras.v1+json';

/** The oras CLI. */
export function orasClient(path: string, version: string, home: string): InteropClient {
  const run = (args: readonly string[]): Promise<Buffer> => runProgram(path, args, home, { cwd: home });
  return {
    name: 'oras',
    version,
    cannot: { verify: 'verifies no signatures', gate: 'signs nothing' },
    async list(subject): Promise<readonly SeenReferrer[]> {
      const text = await run(['discover', '--plain-http', '--depth', '1', '--format', 'json', nameOf(subject)]);
      return (JSON.parse(text.toString()) as { referrers?: SeenReferrer[] }).referrers ?? [];
    },
    async pull(artifact): Promise<PulledArtifact> {
      const manifest = await run(['manifest', 'fetch', '--plain-http', nameOf(artifact)]);
      const read = layersOf(manifest).map(async (digest) =>
        digestOf(await run(['blob', 'fetch', '--plain-http', '--output', '-', nameOf({ ...artifact, digest })])),
      );
      return { manifest: digestOf(manifest), layers: await Promise.all(read) };
    },
    async attach({ host, repository, subject, content }) {
      await writeFile(join(home, 'oras.json'), content);
      const target = nameOf({ host, repository, digest: subject.digest });
      const annotations = { 'org.example.by': 'oras & <co>' };
      await run([
        ...['attach', '--plain-http', '--artifact-type', TYPE, '--annotation', 'org.example.by=oras & <co>'],
        ...[target, 'oras.json:application/json'],
      ]);
      return { artifactType: TYPE, annotations };
    },
    async delete(artifact) {
      await run(['manifest', 'delete', '--plain-http', '--force', nameOf(artifact)]);
    },
  };
}
