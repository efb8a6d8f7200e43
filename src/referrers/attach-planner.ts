import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import type { BoundArtifact } from './artifact.ts';
import type { Plan } from './attach-outcome.ts';
import type { IfExists } from './attach-types.ts';
import { findRivals } from './compare-artifacts.ts';
import type { LookUp } from './look-up.ts';
import { signedTypeOf } from './replace-rule.ts';

export interface PlannerOptions {
  readonly store: Store;
  readonly ifExists: IfExists;
  readonly signal: AbortSignal | undefined;
}

/**
 * What each artifact of one subject needs, by what is there already; without a look-up everything is pushed. What
 * cannot be found out for one artifact is its own error.
 */
export async function planTarget(
  bound: readonly BoundArtifact[],
  lookUp: LookUp | undefined,
  options: PlannerOptions,
): Promise<readonly (Plan | CodedError)[]> {
  const plans = await Promise.all(bound.map((one) => planOne(one, lookUp, options).catch(toCodedError)));
  const kept = new Set(plans.flatMap((plan) => (plan instanceof CodedError ? [] : [plan.equal ?? plan.bound.digest])));
  // what one of them is, or becomes, is no older edition of its neighbour
  return plans.map((plan) =>
    plan instanceof CodedError ? plan : { ...plan, victims: plan.victims.filter((victim) => !kept.has(victim)) },
  );
}

async function planOne(bound: BoundArtifact, lookUp: LookUp | undefined, options: PlannerOptions): Promise<Plan> {
  const { store, ifExists, signal } = options;
  const { fresh = false } = bound.artifact;
  if (ifExists === 'replace' && !fresh) requireReplaceable(bound);
  if (fresh || ifExists === 'add' || lookUp === undefined)
    return { bound, act: 'push', mayStand: false, equal: undefined, victims: [] };
  const { equal, replaceable } = await findRivals(store, bound, lookUp.listed, {
    replace: ifExists === 'replace',
    signal,
  });
  // with the API a manifest that is there is listed
  const mayStand = lookUp.capability === 'tag-schema' && !lookUp.listed.has(bound.digest);
  return { bound, act: equal === undefined ? 'push' : 'nothing', mayStand, equal, victims: replaceable };
}

function requireReplaceable({ artifact: { artifactType, layers } }: BoundArtifact): void {
  const signed = signedTypeOf(
    artifactType,
    layers.map(({ descriptor }) => descriptor.mediaType),
  );
  if (signed === undefined) return;
  throw new CodedError(
    'replace-refused',
    `${signed} is a type of signatures or attestations, which \`if-exists: replace\` does not remove`,
    {
      hint: 'What somebody signed is evidence: use `if-exists: skip` or `add`.',
    },
  );
}

/** The older editions that go: only where the new one stands. */
export function victimsOf(
  plans: readonly (Plan | CodedError)[],
  stands: (plan: Plan, position: number) => boolean,
): readonly Digest[] {
  const victims = plans.flatMap((plan, i) => (plan instanceof CodedError || !stands(plan, i) ? [] : plan.victims));
  return [...new Set(victims)];
}
