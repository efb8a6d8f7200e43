import type { CertificateSigner, Signer } from '../evidence/signer.ts';
import { GITHUB_ISSUER, type GithubClaims, readGithubClaims } from './github-claims.ts';
import type { SignerMatch } from './match-signer.ts';
import type { IdentityMismatch } from './verdict.ts';

/** What was asked for and found side by side, who signed in words, and the entry that would accept this signer. */
export function explainMismatch(match: SignerMatch, signer: Signer, trust: string): IdentityMismatch {
  const explanation = explainSigner(signer);
  return {
    rows: match.rows,
    ...(explanation !== undefined && { explanation }),
    paste: writeSignerEntry(signer, trust),
  };
}

/**
 * `signed by reusable workflow X, called from Y`: the identity in the certificate is the workflow that signed, not the
 * one that called it, which is what nearly everybody writes down first. undefined: not of a GitHub workflow.
 */
export function explainSigner(signer: Signer): string | undefined {
  const claims = signer.kind === 'certificate' ? readGithubClaims(signer) : undefined;
  if (claims?.signerWorkflow === undefined) return undefined;
  const signed = `${claims.signerWorkflow}@${claims.signerRef}`;
  if (claims.caller === undefined || claims.caller === signed) return `signed by workflow ${signed}`;
  return `signed by reusable workflow ${signed}, called from ${claims.caller}`;
}

/** A `signed-by` entry, as YAML on one line, that accepts this signer and as little else as can be said. */
export function writeSignerEntry(signer: Signer, trust: string): string {
  return `- ${flow([['trust', quote(trust)], ...entryFields(signer)])}`;
}

type Fields = readonly (readonly [key: string, value: string | undefined])[];

function entryFields(signer: Signer): Fields {
  switch (signer.kind) {
    case 'key':
      return [];
    case 'notation':
      return [['identity', `[${quote(signer.identity)}]`]];
    case 'certificate': {
      const claims = readGithubClaims(signer);
      if (claims?.repository !== undefined) return githubFields(signer, claims);
      return [
        ['identity', pattern(signer.identity)],
        ['issuer', signer.issuer === undefined ? 'none' : pattern(signer.issuer)],
      ];
    }
  }
}

function githubFields({ issuer }: CertificateSigner, claims: GithubClaims): Fields {
  const { repository, workflow, signerWorkflow, ref } = claims;
  const isOwn = workflow !== undefined && signerWorkflow === `${repository}/${workflow}`;
  const fields: Fields = [
    ['repository', pattern(repository)],
    ['workflow', pattern(workflow)],
    ['signer-workflow', isOwn ? undefined : pattern(signerWorkflow)],
    ['ref', pattern(ref)],
  ];
  return [
    ['github', flow(fields)],
    ['issuer', issuer === GITHUB_ISSUER ? undefined : pattern(issuer)],
  ];
}

function flow(fields: Fields): string {
  const parts = fields.flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  return `{ ${parts.join(', ')} }`;
}

/** Text that the policy takes for itself: where it has a wildcard, as `exact`. */
function pattern(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return /[*?]/.test(text) || text === 'none' ? `{ exact: ${quote(text)} }` : quote(text);
}

/** A double-quoted YAML scalar (YAML 1.2.2 §7.3.1), of which JSON's strings are a part; all but plain ASCII escaped. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
