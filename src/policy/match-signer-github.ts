import type { CertificateSigner } from '../evidence/signer.ts';
import { type GithubClaims, readGithubClaims } from './github-claims.ts';
import type { GithubIdentity } from './policy.ts';
import { compareText, describePattern, type SignerRow } from './signer-row.ts';
import type { TextPattern } from './text-pattern.ts';

type Field = keyof GithubIdentity & keyof GithubClaims;

/** Every field with its name in a policy, and where it is certified, below 1.3.6.1.4.1.57264.1. */
const FIELDS: readonly { readonly field: Field; readonly name: string; readonly from: string }[] = [
  { field: 'repository', name: 'repository', from: 'OID .12' },
  { field: 'repositoryId', name: 'repository-id', from: 'OID .15' },
  { field: 'ownerId', name: 'owner-id', from: 'OID .17' },
  { field: 'workflow', name: 'workflow', from: 'OID .18' },
  { field: 'ref', name: 'ref', from: 'OID .14' },
  { field: 'commit', name: 'commit', from: 'OID .13' },
  { field: 'signerWorkflow', name: 'signer-workflow', from: 'SAN and OID .9' },
  { field: 'signerRepository', name: 'signer-repository', from: 'SAN and OID .9' },
  { field: 'signerCommit', name: 'signer-commit', from: 'OID .10' },
  { field: 'runner', name: 'runner', from: 'OID .11' },
  { field: 'trigger', name: 'trigger', from: 'OID .20' },
];

/** One row for each field that is given. A claim that the certificate lacks is no match. */
export function githubRows(wanted: GithubIdentity, signer: CertificateSigner): SignerRow[] {
  const claims = readGithubClaims(signer);
  return FIELDS.flatMap(({ field, name, from }) => {
    const value = wanted[field];
    if (value === undefined) return [];
    const pattern: TextPattern = typeof value === 'string' ? { kind: 'exact', text: value } : value;
    if (claims === undefined) {
      return [
        { field: name, expected: describePattern(pattern), found: 'none: not of a GitHub workflow', matches: false },
      ];
    }
    return [compareText(name, pattern, claims[field], missing(field, claims, from, signer))];
  });
}

/**
 * What is certified instead, in full: the workflow of another repository than the source's (a required workflow), an
 * identity that is no workflow's. It matches nothing.
 */
function missing(field: Field, claims: GithubClaims, from: string, { identity }: CertificateSigner): string {
  if (field === 'workflow' && claims.caller !== undefined) return claims.caller;
  if ((field === 'signerWorkflow' || field === 'signerRepository') && identity !== undefined) return identity;
  return `none: not in the certificate (${from})`;
}

/**
 * Whether it names a repository or an owner: anybody can have a workflow with a given ref, trigger or runner,
 * and a fork has the commits of what it was forked from.
 */
export function namesOwner(wanted: GithubIdentity): boolean {
  const { repository, repositoryId, ownerId, signerWorkflow, signerRepository } = wanted;
  return [repository, repositoryId, ownerId, signerWorkflow, signerRepository].some((value) => value !== undefined);
}
