import type { PolicyUsed } from '../commands/verify/result.ts';
import type { SourceLocation } from '../errors/coded-error.ts';
import type { Rule } from '../policy/policy.ts';

/** The line of a rule in the policy's file; undefined for the short form, which is in no file. */
export function policyPlace({ at }: Rule, used: PolicyUsed | undefined): SourceLocation | undefined {
  return used?.digest === undefined || at.file !== used.policy.origin ? undefined : at;
}
