import assert from 'node:assert/strict';
import type { Digest } from '../../../../src/oci/digest.ts';
import type { InteropClient, Place, PulledArtifact, SeenReferrer } from '../client.ts';
import { runProgram } from '../run-program.ts';

interface Fetched extends SeenReferrer {
  readonly read: Digest;
  readonly layers: readonly Digest[];
}

/** containerd's FetchReferrers, through a small program of our own: what `nerdctl` and the daemon call. */
export function containerdClient(path: string, version: string, home: string): InteropClient {
  const fetchAll = async ({ host, repository, digest }: Place): Promise<readonly Fetched[]> => {
    const text = await runProgram(path, [`${host}/${repository}`, digest], home);
    return JSON.parse(text.toString()) as Fetched[];
  };
  return {
    name: 'containerd',
    version,
    cannot: {
      attach: 'has no command that makes a referrer',
      delete: 'deletes nothing in a registry',
      verify: 'verifies no signatures',
      gate: 'signs nothing',
    },
    list: fetchAll,
    pullListed: async (subject: Place, artifact: Digest): Promise<PulledArtifact> => {
      const found = (await fetchAll(subject)).find(({ digest }) => digest === artifact);
      assert.ok(found !== undefined, `${artifact} is not in containerd's list`);
      return { manifest: found.read, layers: found.layers };
    },
  };
}
