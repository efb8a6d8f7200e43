import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../../src/oci/digest.ts';
import { type InteropClient, nameOf, type PulledArtifact, type SeenReferrer } from '../client.ts';
import { layersOf } from '../manifest-layers.ts';
import { runProgram } from '../run-program.ts';

const TYPE = 'application/vnd.example.regctl.v1+json';

export function regctlClient(path: string, version: string, home: string): InteropClient {
  const run = (host: string, args: readonly string[]): Promise<Buffer> =>
    runProgram(path, [...args, '--host', `reg=${host},tls=disabled`], home);
  return {
    name: 'regctl',
    version,
    cannot: { verify: 'verifies no signatures', gate: 'signs nothing' },
    async list(subject): Promise<readonly SeenReferrer[]> {
      const text = await run(subject.host, ['artifact', 'list', nameOf(subject), '--format', 'body']);
      return (JSON.parse(text.toString()) as { manifests: SeenReferrer[] }).manifests;
    },
    async pull(artifact): Promise<PulledArtifact> {
      const { host, repository } = artifact;
      const manifest = await run(host, ['manifest', 'get', nameOf(artifact), '--format', 'raw-body']);
      const read = layersOf(manifest).map(async (digest) =>
        digestOf(await run(host, ['blob', 'get', `${host}/${repository}`, digest])),
      );
      return { manifest: digestOf(manifest), layers: await Promise.all(read) };
    },
    async attach({ host, repository, subject, content }) {
      const file = join(home, 'regctl.json');
      await writeFile(file, content);
      const target = nameOf({ host, repository, digest: subject.digest });
      await run(host, [
        ...['artifact', 'put', '--artifact-type', TYPE, '--annotation', 'org.example.by=regctl', '--subject', target],
        ...['--file', file, '--file-media-type', 'application/json'],
      ]);
      return { artifactType: TYPE, annotations: { 'org.example.by': 'regctl' } };
    },
    async delete(artifact) {
      await run(artifact.host, ['manifest', 'delete', '--referrers', nameOf(artifact)]);
    },
  };
}
