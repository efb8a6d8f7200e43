import { CodedError } from '../../errors/coded-error.ts';
import { parseRepositoryName } from '../../github/repository-name.ts';
import type { Policy, SignerRule } from '../../policy/policy.ts';
import type { TextPattern } from '../../policy/text-pattern.ts';
import type { VerifyOptions } from './options.ts';

/**
 * Whose attestations `sources: github` asks for: those of `attestation-repository`, else of every repository that a
 * rule names as signer, else of the workflow run's own; without that source nobody's. Throws `input-conflict` where there
 * is none, or where one is given and not asked, and `input-invalid` for one that is no `owner/name`.
 */
export function attestationRepositories(
  { attestationRepository, sources }: Pick<VerifyOptions, 'attestationRepository' | 'sources'>,
  { rules }: Policy,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const asksGithub = sources.includes('github');
  if (attestationRepository !== undefined) return [checked(attestationRepository, asksGithub)];
  if (!asksGithub) return [];
  const signers = rules.flatMap(({ signedBy, referrer }) => [
    ...(signedBy?.of ?? []),
    ...(referrer?.signedBy.of ?? []),
  ]);
  const named = new Set(signers.flatMap(repositoryOf));
  if (named.size > 0) return [...named];
  const own = env['GITHUB_REPOSITORY'];
  if (own) return [own];
  throw new CodedError('input-conflict', 'sources: github is set, and no rule names a repository', {
    hint: 'Set attestation-repository, for example acme/app.',
  });
}

function checked(repository: string, asksGithub: boolean): string {
  if (!asksGithub) {
    throw new CodedError('input-conflict', 'attestation-repository is set, and sources has no github', {
      hint: "Add github to sources, so that GitHub's attestations API is asked, or leave attestation-repository out.",
    });
  }
  parseRepositoryName(repository, 'attestation-repository');
  return repository;
}

/** The repository of the run comes before that of the workflow that signed, which may be a shared one. */
function repositoryOf({ github }: SignerRule): string[] {
  const { repository, signerRepository, signerWorkflow } = github ?? {};
  for (const pattern of [repository, signerRepository, signerWorkflow]) {
    const name = pattern === undefined ? undefined : nameOf(pattern);
    if (name !== undefined) return [name];
  }
  return [];
}

/** `owner/name` of a pattern in which neither is left open. */
function nameOf({ kind, text }: TextPattern): string | undefined {
  if (kind === 'regexp') return undefined;
  const [owner = '', name = ''] = text.split('/');
  const isPlain = [owner, name].every((part) => /^[A-Za-z0-9._-]+$/.test(part));
  return isPlain ? `${owner}/${name}` : undefined;
}
