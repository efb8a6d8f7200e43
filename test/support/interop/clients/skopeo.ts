import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedRegistry } from '../../../../src/embedded/embedded-registry.ts';
import { digestOf } from '../../../../src/oci/digest.ts';
import { pushSampleReferrer } from '../../sample-image.ts';
import { makeTempDir } from '../../temp-dir.ts';
import { type InteropClient, nameOf, type PulledArtifact } from '../client.ts';
import { layersOf } from '../manifest-layers.ts';
import { runProgram } from '../run-program.ts';

export const SKOPEO = '/usr/bin/skopeo';
const TYPE = 'application/vnd.example.skopeo.v1+json';

/** Debian's skopeo, which knows manifests and not referrers. */
export function skopeoClient(version: string, home: string): InteropClient {
  const run = (args: readonly string[]): Promise<Buffer> => runProgram(SKOPEO, args, home);
  return {
    name: 'skopeo',
    version,
    cannot: {
      list: 'knows no referrers',
      attach: ({ via }) => (via === 'api' ? undefined : 'copies artifacts, but writes no referrers tag'),
      mix: 'writes no referrers tag',
      verify: 'this version verifies no signatures that are attached',
      gate: 'signs nothing',
    },
    async pull(artifact): Promise<PulledArtifact> {
      const dir = await makeTempDir('skopeo-');
      try {
        const args = ['copy', '--preserve-digests', '--src-tls-verify=false', `docker://${nameOf(artifact)}`];
        await run([...args, `dir:${dir.path}`]);
        const manifest = await readFile(join(dir.path, 'manifest.json'));
        const names = new Set(await readdir(dir.path));
        const held = layersOf(manifest).filter((digest) => names.has(digest.slice('sha256:'.length)));
        const read = held.map(async (digest) =>
          digestOf(await readFile(join(dir.path, digest.slice('sha256:'.length)))),
        );
        return { manifest: digestOf(manifest), layers: await Promise.all(read) };
      } finally {
        await dir.remove();
      }
    },
    async attach({ host, repository, subject, content }) {
      await using source = await startEmbeddedRegistry();
      const annotations = { 'org.example.by': 'skopeo' };
      const from = { host: source.host, repository: 'from' };
      const { descriptor } = await pushSampleReferrer(from, subject, { artifactType: TYPE, annotations, content });
      const target = `docker://${host}/${repository}:skopeo-${descriptor.digest.slice(-12)}`;
      const args = ['copy', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'];
      await run([...args, `docker://${nameOf({ ...from, digest: descriptor.digest })}`, target]);
      return { artifactType: TYPE, annotations };
    },
    async delete(artifact) {
      await run(['delete', '--tls-verify=false', `docker://${nameOf(artifact)}`]);
    },
  };
}
