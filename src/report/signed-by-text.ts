import type { GithubIdentity, SignedBy, SignerRule } from '../policy/policy.ts';
import { describePattern } from '../policy/signer-row.ts';

/** Signers that are named one by one; the policy has all. */
const MAX_NAMED = 3;

/** Who must have signed, in short: `acme/app/.github/workflows/release.yml at refs/tags/v*`, `2 of a, b, c`. Not escaped. */
export function signedByText({ atLeast, of }: SignedBy): string {
  const names = of.slice(0, MAX_NAMED).map(signerRuleText);
  if (of.length > MAX_NAMED) names.push(`${of.length - MAX_NAMED} more`);
  if (atLeast === 1) return listed(names, 'or');
  return `${atLeast === of.length ? 'each of' : `${atLeast} of`} ${listed(names, 'and')}`;
}

function listed(names: readonly string[], word: 'or' | 'and'): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}

function signerRuleText({ trust, github, identity, issuer, distinguishedNames = [], at }: SignerRule): string {
  if (distinguishedNames.length > 0) {
    return distinguishedNames.includes('*')
      ? `anybody whom trust ${trust} certifies`
      : distinguishedNames.map((name) => `"${name}"`).join(' or ');
  }
  const parts = [
    ...(github === undefined ? [] : [githubText(github)]),
    ...(identity === undefined ? [] : [describePattern(identity)]),
    // GitHub's own issuer goes without saying
    ...(github !== undefined || issuer === undefined
      ? []
      : [`(${issuer === 'none' ? 'no issuer' : describePattern(issuer)})`]),
  ];
  if (parts.length > 0) return parts.join(' ');
  // what came from inputs stands on no line, and its trust has a name that nobody gave it
  return at.line === undefined ? 'the given key' : `the key of trust ${trust}`;
}

function githubText(github: GithubIdentity): string {
  const { repository, repositoryId, ownerId, workflow, ref, commit, runner, trigger } = github;
  const { signerWorkflow, signerRepository, signerCommit } = github;
  const own = repository && workflow ? `${describePattern(repository)}/${describePattern(workflow)}` : undefined;
  const clauses = [
    signerWorkflow && describePattern(signerWorkflow),
    signerRepository && `a workflow of ${describePattern(signerRepository)}`,
    own && ((signerWorkflow ?? signerRepository) ? `called from ${own}` : own),
    !own && workflow && `the workflow ${describePattern(workflow)}`,
    !own && repository && `run for ${describePattern(repository)}`,
    repositoryId && `of the repository with id ${repositoryId}`,
    ownerId && `of the owner with id ${ownerId}`,
    signerCommit && `as of commit ${signerCommit}`,
    ref && `at ${describePattern(ref)}`,
    commit && `for commit ${commit}`,
    runner && `on a ${runner} runner`,
    trigger && `on ${describePattern(trigger)}`,
  ];
  const words = clauses.filter(Boolean);
  const isNamed = [signerWorkflow, signerRepository, workflow].some((part) => part !== undefined);
  return isNamed ? words.join(' ') : `a workflow ${words.join(' ')}`;
}
