import type { GithubClient } from '../../github/github-client.ts';
import type { Digest } from '../../oci/digest.ts';
import { isDigest } from '../../oci/digest.ts';
import type { Reference } from '../../oci/reference.ts';
import { isUniqueTag } from '../../oci/referrers-tag.ts';
import type { RepairOptions } from './options.ts';

const GITHUB_REGISTRY = 'ghcr.io';

/** Whether the Packages API is to be asked about the repository of this reference. */
export function asksPackages({ packages }: Pick<RepairOptions, 'packages'>, reference: Reference): boolean {
  if (reference.kind !== 'registry' || packages === 'false') return false;
  return packages === 'true' || reference.registry === GITHUB_REGISTRY;
}

/**
 * The manifests of a repository that may be referrers, as GitHub's Packages API knows them: those without a tag, and
 * those with none but a tag of a referrer's own. Throws what the API throws; no answer is never "none".
 */
export async function packageDigests(github: GithubClient, repository: string): Promise<readonly Digest[]> {
  const [owner = '', ...name] = repository.split('/');
  const versions = await github.listPackageVersions(owner, name.join('/'));
  return versions
    .filter(({ tags }) => tags.every(isUniqueTag))
    .flatMap(({ digest }) => (isDigest(digest) ? digest : []));
}
