import type { BundleDocument } from '../../gate/outside-evidence.ts';
import type { GithubClient } from '../../github/github-client.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';

/** The bytes of evidence that no registry holds, by their digest. */
export class OutsideBytes {
  readonly #known = new Map<Digest, Uint8Array>();

  constructor(bundles: readonly BundleDocument[]) {
    for (const { bytes } of bundles) this.#known.set(digestOf(bytes), bytes);
  }

  get(digest: Digest): Uint8Array | undefined {
    return this.#known.get(digest);
  }

  /** A client whose attestations are remembered: what was judged need not be asked for, nor be different, again. */
  remember(client: GithubClient): GithubClient {
    return {
      readFile: (repository, ref, path) => client.readFile(repository, ref, path),
      listPackageVersions: (owner, name) => client.listPackageVersions(owner, name),
      upsertComment: (request) => client.upsertComment(request),
      createCheckRun: (request) => client.createCheckRun(request),
      listAttestations: async (repository, digest) => {
        const found = await client.listAttestations(repository, digest);
        for (const { bytes } of found) if (bytes !== undefined) this.#known.set(digestOf(bytes), bytes);
        return found;
      },
    };
  }
}
