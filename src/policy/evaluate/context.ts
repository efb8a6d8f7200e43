import type { ImageScope } from '../evidence-item.ts';
import type { Policy, Rule } from '../policy.ts';
import type { Conditions } from './conditions.ts';

/** What every judgement on a candidate depends on besides the candidate. */
export interface RuleContext {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly image: ImageScope;
  readonly now: Date;
  readonly conditions: Conditions;
}
