import type { Policy, Rule, SignedBy } from '../policy.ts';

/**
 * Whose signatures a rule asks for; undefined: of none, or only of `referrer`. Where it names nobody, every key that
 * the policy trusts: a key is a name, a certificate authority is not.
 */
export function wantedSigners(rule: Rule, policy: Policy): SignedBy | undefined {
  if (!rule.signed && rule.wanted.kind !== 'any-signature') return undefined;
  if (rule.signedBy !== undefined) return rule.signedBy;
  if (rule.referrer !== undefined) return undefined;
  const keys = [...policy.trust.values()].filter(({ kind }) => kind === 'key');
  return { atLeast: 1, of: keys.map(({ name, at }) => ({ trust: name, at })), at: rule.at };
}
