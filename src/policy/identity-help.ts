import type { CertificateSigner, Signer } from '../evidence/signer.ts';
import { GITHUB_ISSUER, type GithubClaims, readGithubClaims } from './github-claims.ts';
import type { SignerMatch } from './match-signer.ts';
import type { SignerRule } from './policy.ts';
import { writeShortInputs } from './short-form-help.ts';
import type { IdentityMismatch } from './verdict.ts';

/**
 * What was asked for and found side by side, who signed in words, and what to write to accept this signer: an entry of
 * `signed-by`, or the inputs of the short form that asked.
 */
export function explainMismatch(
  match: SignerMatch,
  signer: Signer,
  entry: Pick<SignerRule, 'trust'> | SignerRule,
): IdentityMismatch {
  const explanation = explainSigner(signer);
  return {
    rows: match.rows,
    ...(explanation !== undefined && { explanation }),
    paste: ('at' in entry ? writeShortInputs(match, signer, entry) : undefined) ?? writePaste(signer, entry.trust),
  };
}

/** What a summary shows without a scroll bar, and a terminal without a break. */
const MAX_LINE = 72;

function writePaste(signer: Signer, trust: string): string {
  const line = writeSignerEntry(signer, trust);
  return line.length <= MAX_LINE ? line : `- ${block(allFields(signer, trust), '  ')}`;
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
  return `- ${flow(allFields(signer, trust))}`;
}

type Fields = readonly (readonly [key: string, value: string | Fields | undefined])[];

function allFields(signer: Signer, trust: string): Fields {
  return [['trust', name(trust)], ...entryFields(signer)];
}

function entryFields(signer: Signer): Fields {
  switch (signer.kind) {
    case 'key':
      return [];
    case 'notation':
      return [['identity', `[${quote(signer.identity)}]`]];
    case 'certificate': {
      const claims = readGithubClaims(signer);
      if (claims?.repository !== undefined) return githubFields(signer, claims);
      return [...identityFields(signer.identity), ['issuer', quote(signer.issuer ?? 'none')]];
    }
  }
}

function githubFields({ issuer }: CertificateSigner, claims: GithubClaims): Fields {
  const { repository, workflow, signerWorkflow, ref } = claims;
  const isOwn = workflow !== undefined && signerWorkflow === `${repository}/${workflow}`;
  const fields: Fields = [
    ['repository', quote(repository)],
    ['workflow', quote(workflow)],
    ['signer-workflow', isOwn ? undefined : quote(signerWorkflow)],
    ['ref', quote(ref)],
  ];
  return [
    ['github', fields],
    ['issuer', issuer === GITHUB_ISSUER ? undefined : quote(issuer)],
  ];
}

function flow(fields: Fields): string {
  const parts = fields.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${typeof value === 'string' ? value : flow(value)}`],
  );
  return `{ ${parts.join(', ')} }`;
}

/** The same, a field a line: YAML 1.2.2 §8.2.2. What comes after the first line is indented. */
function block(fields: Fields, indent: string): string {
  const parts = fields.flatMap(([key, value]) => {
    if (value === undefined) return [];
    const deeper = `${indent}  `;
    return [`${key}:${typeof value === 'string' ? ` ${value}` : `\n${deeper}${block(value, deeper)}`}`];
  });
  return parts.join(`\n${indent}`);
}

/** The name of a trust, in quotes only where YAML 1.1 or 1.2 would take it for something else than a text. */
function name(trust: string): string {
  const isWord = /^[a-z][a-z0-9._-]*$/i.test(trust) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(trust);
  return isWord ? trust : quote(trust);
}

/** Exactly this text: one with a wildcard of a glob as an RE2 expression that has every sign of its own escaped. */
function identityFields(identity: string | undefined): Fields {
  if (identity === undefined || !/[*?]/.test(identity)) return [['identity', quote(identity)]];
  return [['identity-regexp', quote(identity.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'))]];
}

/** A double-quoted YAML scalar (YAML 1.2.2 §7.3.1), of which JSON's strings are a part; all but plain ASCII escaped. */
function quote(text: string): string;
function quote(text: string | undefined): string | undefined;
function quote(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return JSON.stringify(text).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
