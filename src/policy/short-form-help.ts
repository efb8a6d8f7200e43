import type { CertificateSigner, Signer } from '../evidence/signer.ts';
import { GITHUB_ISSUER, readGithubClaims } from './github-claims.ts';
import type { SignerMatch } from './match-signer.ts';
import type { SignerRule } from './policy.ts';
import { INPUTS } from './short-form-inputs.ts';

/** Neither YAML nor an expression of a workflow (`${{ … }}`) reads anything into these, in quotes; no wildcard. */
const PLAIN = /^[A-Za-z0-9 _.,:;@/+=~%&#-]+$/;

/**
 * The inputs that accept this signer, one a line, for those who have no policy file: what the step says now, with other
 * values. undefined: the entry is of a file, or inputs cannot say it without taking others away.
 */
export function writeShortInputs(match: SignerMatch, signer: Signer, entry: SignerRule): string | undefined {
  if (entry.at.file !== INPUTS.file || entry.at.line !== undefined || signer.kind !== 'certificate') return undefined;
  const inputs = inputsOf(match, signer, entry);
  if (inputs === undefined || inputs.some(([, value]) => value === undefined || !PLAIN.test(value))) return undefined;
  return inputs.map(([name, value]) => `${name}: "${value}"`).join('\n');
}

type Input = readonly [name: string, value: string | undefined];

function inputsOf(match: SignerMatch, signer: CertificateSigner, entry: SignerRule): readonly Input[] | undefined {
  const claims = readGithubClaims(signer);
  const differs = (field: string): boolean => match.rows.some((row) => row.field === field && !row.matches);
  const { ref, commit, signerCommit, runner, repository } = entry.github ?? {};
  const isNarrowed = [ref, commit, signerCommit, runner, repository].some((value) => value !== undefined);
  if (isNarrowed && claims === undefined) return undefined;
  // anybody may call a reusable workflow: who did is said, too
  const isCalled = claims !== undefined && claims.signerRepository !== claims.repository;
  const issuer = signer.issuer ?? 'none';
  return [
    nameOf(signer, entry),
    ...(issuer === GITHUB_ISSUER && !differs('issuer') ? [] : [['certificate-oidc-issuer', issuer] as const]),
    ...(isCalled || differs('repository') ? [['source-repo', claims?.repository] as const] : []),
    ...(differs('ref') ? [['source-ref', claims?.ref] as const] : []),
    ...(differs('commit') ? [['source-digest', claims?.commit] as const] : []),
    ...(differs('signer-commit') ? [['signer-digest', claims?.signerCommit] as const] : []),
    ...(differs('runner') ? [['deny-self-hosted-runners', 'false'] as const] : []),
  ];
}

/** By the input that the step has; who is no workflow is named by the certificate's identity. */
function nameOf(signer: CertificateSigner, { github, identity }: SignerRule): Input {
  const { signerWorkflow, signerRepository, signerRef } = readGithubClaims(signer) ?? {};
  if (signerRepository !== undefined && github?.signerRepository !== undefined)
    return ['signer-repo', signerRepository];
  if (signerWorkflow !== undefined && github?.signerWorkflow !== undefined) {
    return ['signer-workflow', identity === undefined ? signerWorkflow : `${signerWorkflow}@${signerRef}`];
  }
  return ['certificate-identity', signer.identity];
}
