import { CodedError, hasCode } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { BoundArtifact } from './artifact.ts';
import { type ProveOptions, provePushed } from './prove-pushed.ts';

/** A manifest that the registry took, and what it said of its subject. */
export interface PushedArtifact {
  readonly bound: BoundArtifact;
  /** The `OCI-Subject` of the answer. undefined also for one that was there before. */
  readonly ociSubject: string | undefined;
  /** Its bytes were read from the registry in this run. */
  readonly wasRead?: true;
}

/** What became of the push of one artifact; undefined: it needed none. */
export type Performed = PushedArtifact | CodedError | undefined;

export function isPushed(result: Performed): result is PushedArtifact {
  return result !== undefined && !(result instanceof CodedError);
}

/** What was pushed is read back; what cannot be, is an error. */
export async function proveEach(results: readonly Performed[], options: ProveOptions): Promise<readonly Performed[]> {
  const unread = results.filter(isPushed).filter(({ wasRead }) => wasRead !== true);
  const unproved = await provePushed(
    unread.map(({ bound }) => bound.digest),
    options,
  );
  return withoutUnproved(results, unproved).map((result) => (isPushed(result) ? { ...result, wasRead: true } : result));
}

/**
 * What was pushed could not be listed, whatever the reason: one look tells whether the registry has it at all, since
 * that it took it is only its word. In a run that is over the look fails at once.
 */
export async function seeWhatStands(
  results: readonly Performed[],
  why: CodedError,
  options: ProveOptions,
): Promise<readonly Performed[]> {
  const seen = await proveEach(results, { ...options, waits: [0] });
  return results.map((result, i) => {
    const now = seen[i];
    if (!isPushed(result) || !(now instanceof CodedError)) return now;
    // a look that failed takes nothing back of what the registry said, and adds nothing
    return hasCode(now, 'readback-failed', 'digest-mismatch') ? bothOf(why, now) : result;
  });
}

/** An API that never listed it had nothing to list: what is missing is the reason then. All else failed for itself. */
function bothOf(why: CodedError, unproved: CodedError): CodedError {
  if (why.code === 'readback-failed') return unproved;
  return new CodedError(why.code, `${why.message}. And ${unproved.message}`, {
    cause: why,
    hint: why.hint ?? unproved.hint,
  });
}

/** What could not be read back was not attached, whatever the registry said of it. */
export function withoutUnproved(
  results: readonly Performed[],
  unproved: ReadonlyMap<Digest, CodedError>,
): readonly Performed[] {
  return results.map((result) => (isPushed(result) ? (unproved.get(result.bound.digest) ?? result) : result));
}
