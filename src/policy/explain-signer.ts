import type { NotationLevel } from '../evidence/trust.ts';
import { GITHUB_ISSUER } from './github-claims.ts';
import type { GithubIdentity, Material, SignerRule, TrustSpec } from './policy.ts';
import { describePattern } from './signer-row.ts';

/** One accepted signer in words: `a GitHub workflow of repository acme/app, run for refs/tags/v* (trust sigstore)`. */
export function describeSignerRule(rule: SignerRule, trust: TrustSpec | undefined): string {
  const by = `(trust ${rule.trust})`;
  if (trust?.kind === 'key') return `the key ${describeMaterial(trust.key)} ${by}`;
  if (trust?.kind === 'notation') {
    const names = rule.distinguishedNames ?? [];
    if (names.includes('*')) return `any certificate under the trust store ${by}`;
    return `a certificate whose name has ${names.map((name) => `"${name}"`).join(' or ')} ${by}`;
  }
  const { identity, issuer, github } = rule;
  const parts = [
    ...(github === undefined ? [] : [describeGithub(github)]),
    ...(identity === undefined
      ? []
      : [`${github === undefined ? '' : 'with '}the identity ${describePattern(identity)}`]),
    ...describeIssuer(issuer, github !== undefined),
  ];
  return `${parts.join(', ')} ${by}`;
}

function describeIssuer(issuer: SignerRule['issuer'], isGithub: boolean): string[] {
  if (issuer === undefined) return [];
  if (issuer === 'none') return ['with a certificate that has no issuer'];
  if (isGithub && issuer.kind === 'exact' && issuer.text === GITHUB_ISSUER) return [];
  return [`vouched for by ${describePattern(issuer)}`];
}

function describeGithub(github: GithubIdentity): string {
  const { repository, repositoryId, ownerId, ref, commit, workflow, runner, trigger } = github;
  const { signerWorkflow, signerRepository, signerCommit } = github;
  const clauses = [
    repository && `of repository ${describePattern(repository)}`,
    repositoryId && `of the repository with id ${repositoryId}`,
    ownerId && `of the owner with id ${ownerId}`,
    workflow && `begun by ${describePattern(workflow)}`,
    signerWorkflow && `signing in ${describePattern(signerWorkflow)}`,
    signerRepository && `signing in a workflow of ${describePattern(signerRepository)}`,
    signerCommit && `of which the file is that of commit ${signerCommit}`,
    ref && `run for ${describePattern(ref)}`,
    commit && `run for the commit ${commit}`,
    runner && `on a ${runner} runner`,
    trigger && `on the event ${describePattern(trigger)}`,
  ];
  return `a GitHub workflow ${clauses.filter(Boolean).join(', ')}`;
}

/** docs/notation.md "Levels": what a reader of the policy should not have to look up. */
const LEVEL_WORDS: Readonly<Record<NotationLevel, string>> = {
  strict: '',
  permissive: ' (expired signatures and certificates are only reported)',
  audit: ' (anybody can make a signature that counts)',
  skip: ' (nothing is verified, so nothing counts)',
};

/** A trust in words. */
export function describeTrust(trust: TrustSpec): string {
  switch (trust.kind) {
    case 'sigstore':
      return `${trust.name}: certificates under ${describeRoot(trust)}.`;
    case 'key':
      return `${trust.name}: the key ${describeMaterial(trust.key)}, ${describeLog(trust)}.`;
    case 'notation': {
      const stores = [
        ...(trust.ca.length === 0 ? [] : [`authorities ${trust.ca.map(describeMaterial).join(', ')}`]),
        ...(trust.signingAuthority.length === 0
          ? []
          : [`signing authorities ${trust.signingAuthority.map(describeMaterial).join(', ')}`]),
        ...(trust.tsa.length === 0 ? [] : [`timestamps of ${trust.tsa.map(describeMaterial).join(', ')}`]),
      ];
      return `${trust.name}: Notary Project signatures, ${stores.join('; ')}; level ${trust.level}${LEVEL_WORDS[trust.level]}.`;
    }
  }
}

function describeLog({
  log,
  logRoot = 'public-good',
  refresh = false,
}: Extract<TrustSpec, { readonly kind: 'key' }>): string {
  if (log === 'none') return 'no log asked for';
  if (typeof logRoot !== 'string') return `with an entry in a log of ${describeMaterial(logRoot)}`;
  return `with an entry in the public log${refresh ? ', its root fetched in each run' : ''}`;
}

function describeRoot({ root, refresh }: Extract<TrustSpec, { readonly kind: 'sigstore' }>): string {
  switch (root) {
    case 'public-good':
      return refresh ? "Sigstore's public root, fetched anew" : "Sigstore's public root, as it came with this software";
    case 'github':
      return "GitHub's own root for private repositories, fetched";
    default:
      return `the root ${describeMaterial(root)}`;
  }
}

function describeMaterial(material: Material): string {
  if (material.kind === 'inline')
    return material.at.line === undefined ? 'given as text' : `written at line ${material.at.line}`;
  return material.sha256 === undefined ? material.path : `${material.path} (pinned)`;
}
