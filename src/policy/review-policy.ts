import type { Policy, SignedBy, SignerRule } from './policy.ts';
import type { PolicyProblem } from './policy-problems.ts';
import type { TextPattern } from './text-pattern.ts';
import { isActive } from './waivers.ts';

/** Something about a valid policy: an `error` cannot be meant, a `warning` deserves a look. */
export interface PolicyFinding extends PolicyProblem {
  readonly severity: 'error' | 'warning';
}

/** What a policy that can be used says and probably does not mean, in the order of the file. */
export function reviewPolicy(policy: Policy, now: Date): readonly PolicyFinding[] {
  const findings = [...reviewTrust(policy), ...reviewSigners(policy), ...reviewWaivers(policy, now)];
  return findings.toSorted((a, b) => (a.location.line ?? 0) - (b.location.line ?? 0));
}

function signersOf({ rules }: Policy): readonly SignerRule[] {
  const all = rules.flatMap(({ signedBy, referrer }): (SignedBy | undefined)[] => [signedBy, referrer?.signedBy]);
  return all.flatMap((signedBy) => signedBy?.of ?? []);
}

function reviewTrust(policy: Policy): PolicyFinding[] {
  const used = new Set(signersOf(policy).map(({ trust }) => trust));
  // a signed rule that names nobody takes every trust
  const takesAll = policy.rules.some(({ signed, signedBy, referrer }) => signed && !signedBy && !referrer);
  const specs = [...policy.trust.values()];
  return [
    ...specs
      .filter(({ name }) => !takesAll && !used.has(name))
      .map(({ name, at }) => warning(`no rule uses the trust ${JSON.stringify(name)}`, at)),
    ...specs
      .filter((spec) => spec.kind === 'notation' && (spec.level === 'skip' || spec.level === 'audit'))
      .map(({ name, at }) =>
        warning(
          `trust ${JSON.stringify(name)}: its level lets through signatures of certificates that nobody trusts`,
          at,
          'Use strict.',
        ),
      ),
  ];
}

function reviewSigners(policy: Policy): PolicyFinding[] {
  return signersOf(policy).flatMap((rule): PolicyFinding[] => {
    const { trust, at } = rule;
    if (acceptsAnybody(rule)) return [warning(`this accepts every signer of trust ${JSON.stringify(trust)}`, at)];
    if (!acceptsAnyCaller(rule)) return [];
    const message =
      'this names the workflow that signs, and nobody who runs it: of a reusable one every caller is accepted';
    return [warning(message, at, 'Add repository: owner/name, or owner-id, of who may run it.')];
  });
}

/** Anybody may call a reusable workflow of a public repository, which then signs for them. */
function acceptsAnyCaller({ github }: SignerRule): boolean {
  if (github?.signerWorkflow === undefined && github?.signerRepository === undefined) return false;
  return (github.repository ?? github.repositoryId ?? github.ownerId) === undefined;
}

function acceptsAnybody({ identity, github, distinguishedNames }: SignerRule): boolean {
  if (distinguishedNames?.includes('*')) return true;
  const patterns = [identity, github?.repository, github?.signerRepository, github?.signerWorkflow];
  const given = patterns.filter((pattern) => pattern !== undefined);
  const ids = github?.repositoryId ?? github?.ownerId;
  return given.length > 0 && ids === undefined && given.every(matchesEverything);
}

function matchesEverything(pattern: TextPattern): boolean {
  return pattern.kind === 'regexp' ? pattern.test('\u{1f50f}/\u{1f50f}') : /^[*/]+$/.test(pattern.text);
}

function reviewWaivers({ rules, waivers }: Policy, now: Date): PolicyFinding[] {
  return waivers.flatMap((waiver): PolicyFinding[] => {
    const { rule, until, at } = waiver;
    if (!rules.some(({ name }) => name === rule)) {
      const message = `the waiver is for a rule that is not there: ${JSON.stringify(rule)}`;
      return [
        { severity: 'error', message, hint: `Rules: ${rules.map(({ name }) => name).join('; ')}.`, location: at },
      ];
    }
    return isActive(waiver, now) ? [] : [warning(`the waiver is over since ${until}`, at, 'Remove it.')];
  });
}

function warning(message: string, location: PolicyProblem['location'], hint?: string): PolicyFinding {
  return { severity: 'warning', message, location, ...(hint !== undefined && { hint }) };
}
