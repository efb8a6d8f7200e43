import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { BoundArtifact } from './artifact.ts';
import type { AttachOutcome, AttachTarget } from './attach-types.ts';
import { isPushed, type Performed } from './pushed-artifact.ts';

export type AttachedVia = 'api' | 'tag-schema';

/** One artifact on one subject, and what is to be done about it. */
export interface Plan {
  readonly bound: BoundArtifact;
  readonly act: 'push' | 'nothing';
  /** By tag schema a run may have ended between its two writes: the manifest is there, and only the list lacks it. */
  readonly mayStand: boolean;
  /** The equal artifact that is there. */
  readonly equal: Digest | undefined;
  readonly victims: readonly Digest[];
}

interface Parts {
  readonly target: AttachTarget;
  readonly bound: BoundArtifact;
  readonly plan: Plan | CodedError | undefined;
}

export function failedOutcome(target: AttachTarget, bound: BoundArtifact, error: CodedError): AttachOutcome {
  return { target, bound, replaces: [], status: 'failed', error };
}

/** What a dry run says: nothing was written. */
export function dryOutcome({
  target,
  bound,
  plan,
  via,
}: Parts & { readonly via: AttachedVia | undefined }): AttachOutcome {
  if (plan === undefined || plan instanceof CodedError) return failedOutcome(target, bound, plan ?? unplanned(bound));
  const base = { target, bound, replaces: plan.victims };
  if (plan.equal === undefined || plan.victims.length > 0)
    return { ...base, status: 'planned', digest: plan.equal ?? bound.digest, via };
  return { ...base, status: 'unchanged', digest: plan.equal, via: via ?? 'api' };
}

/** What became of an artifact: of its push, and of the list that shows it. */
export function outcomeOf(
  parts: Parts & {
    readonly result: Performed;
    readonly via: AttachedVia | CodedError;
    /** Older editions that the registry would not delete, and why. */
    readonly undeleted: ReadonlyMap<Digest, CodedError>;
  },
): AttachOutcome {
  const { target, bound, plan, result, via, undeleted } = parts;
  if (plan === undefined || plan instanceof CodedError) return failedOutcome(target, bound, plan ?? unplanned(bound));
  if (result instanceof CodedError) return failedOutcome(target, bound, result);
  const base = { target, bound, replaces: plan.victims };
  if (result === undefined && plan.victims.length === 0 && plan.equal !== undefined) {
    return { ...base, status: 'unchanged', digest: plan.equal, via: via instanceof CodedError ? 'api' : via };
  }
  if (via instanceof CodedError) return failedAfterPush(parts, plan, via, isSeen(result));
  const refusal = plan.victims.map((victim) => undeleted.get(victim)).find((error) => error !== undefined);
  if (refusal !== undefined) return failedAfterPush(parts, plan, refusal, true); // listed, or it would not have come so far
  return {
    ...base,
    status: plan.victims.length > 0 ? 'replaced' : 'attached',
    digest: plan.equal ?? bound.digest,
    via,
  };
}

/** Whether its manifest was read in this run: pushed and read back, or found by the look-up. */
function isSeen(result: Performed): boolean {
  return !isPushed(result) || result.wasRead === true;
}

/** The manifest is on the registry although the attach failed: that must not be left unsaid, nor said without a look. */
function failedAfterPush({ target, bound }: Parts, plan: Plan, error: CodedError, seen: boolean): AttachOutcome {
  const standing: Digest = plan.equal ?? bound.digest;
  const word = seen ? 'is on the registry' : 'was taken by the registry, and not seen there since';
  const said = new CodedError(error.code, `${error.message}. The manifest ${standing} ${word}`, {
    cause: error,
    hint: error.hint ?? 'Run the same attach again: it does only what is missing.',
  });
  return { target, bound, replaces: [], status: 'failed', error: said, standing };
}

function unplanned(bound: BoundArtifact): CodedError {
  return new CodedError('internal', `no plan was made for ${bound.digest}`);
}
