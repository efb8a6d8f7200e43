import { startEmbeddedRegistry } from '../../../../src/embedded/embedded-registry.ts';
import { digestOf } from '../../../../src/oci/digest.ts';
import { pushSampleReferrer } from '../../sample-image.ts';
import { type InteropClient, nameOf, type PulledArtifact } from '../client.ts';
import { layersOf } from '../manifest-layers.ts';
import { runProgram } from '../run-program.ts';

const TYPE = 'application/vnd.example.crane.v1+json';

/** crane of go-containerregistry. It makes no artifacts, but copies them, and then writes the referrers tag. */
export function craneClient(path: string, version: string, home: string): InteropClient {
  const run = (args: readonly string[]): Promise<Buffer> => runProgram(path, args, home);
  return {
    name: 'crane',
    version,
    cannot: { list: 'has no command that lists referrers', verify: 'verifies no signatures', gate: 'signs nothing' },
    async pull(artifact): Promise<PulledArtifact> {
      const manifest = await run(['manifest', nameOf(artifact)]);
      const read = layersOf(manifest).map(async (digest) =>
        digestOf(await run(['blob', nameOf({ ...artifact, digest })])),
      );
      return { manifest: digestOf(manifest), layers: await Promise.all(read) };
    },
    async attach({ host, repository, subject, content }) {
      await using source = await startEmbeddedRegistry();
      const annotations = { 'org.example.by': 'crane' };
      const artifact = await pushSampleReferrer({ host: source.host, repository: 'from' }, subject, {
        artifactType: TYPE,
        annotations,
        content,
      });
      const { digest } = artifact.descriptor;
      const tag = `crane-${digest.slice(-12)}`;
      await run(['copy', nameOf({ host: source.host, repository: 'from', digest }), `${host}/${repository}:${tag}`]);
      return { artifactType: TYPE, annotations };
    },
    async delete(artifact) {
      await run(['delete', nameOf(artifact)]);
    },
  };
}
