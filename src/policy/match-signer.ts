import type { CertificateSigner, Signer } from '../evidence/signer.ts';
import { GITHUB_ISSUER } from './github-claims.ts';
import { githubRows, namesOwner } from './match-signer-github.ts';
import { distinguishedNameRow } from './match-signer-notation.ts';
import type { SignerRule } from './policy.ts';
import { compareText, describePattern, type SignerRow, unmetRow } from './signer-row.ts';
import type { TextPattern } from './text-pattern.ts';

export interface SignerMatch {
  readonly matches: boolean;
  /** What was asked for and what was found, side by side. Never empty. */
  readonly rows: readonly SignerRow[];
}

/**
 * Whether a verified signer is the one that an entry of `signed-by` names. Everything that the entry names must be
 * certified and match; what a certificate lacks, an empty text and a claim that cannot be read match nothing. An entry
 * that names nobody accepts nobody, but for keys, where the trust itself is the name.
 */
export function matchSigner(rule: SignerRule, signer: Signer): SignerMatch {
  const rows = rowsOf(rule, signer);
  return { matches: rows.length > 0 && rows.every((row) => row.matches), rows };
}

function rowsOf(rule: SignerRule, signer: Signer): SignerRow[] {
  switch (signer.kind) {
    case 'certificate':
      return certificateRows(rule, signer);
    case 'key':
      return [
        { field: 'key', expected: `trust ${rule.trust}`, found: signer.fingerprint, matches: true },
        ...foreignRows(rule, ['identity', 'issuer', 'github', 'distinguishedNames'], 'none: a key has no identity'),
      ];
    case 'notation':
      return [
        distinguishedNameRow(rule.distinguishedNames, signer),
        ...foreignRows(rule, ['identity', 'issuer', 'github'], 'none: a Notary Project signature has no such claim'),
      ];
  }
}

function certificateRows(rule: SignerRule, signer: CertificateSigner): SignerRow[] {
  const { identity, github } = rule;
  const namesSomebody = identity !== undefined || (github !== undefined && namesOwner(github));
  return [
    ...(namesSomebody ? [] : [unmetRow('identity', 'an identity, which the policy does not name', signer.identity)]),
    ...(identity === undefined ? [] : [compareText('identity', identity, signer.identity)]),
    issuerRow(rule, signer),
    ...(github === undefined ? [] : githubRows(github, signer)),
    ...foreignRows(rule, ['distinguishedNames'], 'none: it is no Notary Project signature'),
  ];
}

/** The issuer is always compared: an identity means nothing without who vouches for it. GitHub claims imply GitHub's. */
function issuerRow(rule: SignerRule, signer: CertificateSigner): SignerRow {
  if (rule.issuer === 'none') {
    return {
      field: 'issuer',
      expected: 'none',
      found: signer.issuer ?? 'none',
      matches: signer.issuer === undefined,
    };
  }
  const expected = rule.issuer ?? (rule.github === undefined ? undefined : githubIssuer);
  if (expected === undefined) return unmetRow('issuer', 'an issuer, which the policy does not name', signer.issuer);
  return compareText('issuer', expected, signer.issuer);
}

const githubIssuer: TextPattern = { kind: 'exact', text: GITHUB_ISSUER };

type Constraint = 'identity' | 'issuer' | 'github' | 'distinguishedNames';

/** What the entry asks for and this kind of signer cannot have. */
function foreignRows(rule: SignerRule, fields: readonly Constraint[], found: string): SignerRow[] {
  return fields
    .filter((field) => rule[field] !== undefined)
    .map((field) => ({ field: FIELD_NAMES[field], expected: describeConstraint(rule, field), found, matches: false }));
}

const FIELD_NAMES: Readonly<Record<Constraint, string>> = {
  identity: 'identity',
  issuer: 'issuer',
  github: 'github',
  distinguishedNames: 'distinguished name',
};

function describeConstraint(rule: SignerRule, field: Constraint): string {
  const value = rule[field];
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(' or ');
  return 'kind' in value ? describePattern(value) : 'a GitHub workflow';
}
