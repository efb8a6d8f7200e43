import { CodedError } from '../../errors/coded-error.ts';
import type { Policy, SignerRule } from '../../policy/policy.ts';
import type { TextPattern } from '../../policy/text-pattern.ts';
import type { VerifyOptions } from './options.ts';

/**
 * Whose attestations `sources: github` asks for: those of `attestation-repository`, else of every repository that a
 * rule names as signer, else of the workflow run's own. Throws `input-conflict` where there is none.
 */
export function attestationRepositories(
  { attestationRepository }: Pick<VerifyOptions, 'attestationRepository'>,
  { rules }: Policy,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (attestationRepository !== undefined) return [attestationRepository];
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
