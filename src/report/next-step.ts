import type { CandidateJudgement, Cell } from '../policy/verdict.ts';

type State = CandidateJudgement['state'];

/** What was looked at and is of another kind, so that it is as good as nothing. */
const OF_ANOTHER_KIND: readonly State[] = ['wrong-predicate'];

/**
 * What to do about an unmet cell, from what was there; undefined where the candidates' own reasons say it, and where
 * something could not be looked at. Code stands between backticks.
 */
export function nextStep({ state, evidence, rejected }: Cell): string | undefined {
  // some evidence and not enough: one signer of two
  if (state !== 'fail' || evidence.length > 0) return undefined;
  const near = rejected.filter((candidate) => !OF_ANOTHER_KIND.includes(candidate.state));
  if (near.length === 0)
    return 'Nothing of the kind is attached: `attach` does that (with `sign`, where it is to be signed), and `list` shows what is there.';
  const only = (wanted: State): boolean => near.every((candidate) => candidate.state === wanted);
  if (only('unsigned'))
    return 'It is there, and nobody signed it: attach it with `sign`, or ask for what nobody signed (`require-unsigned`, in a policy `signed: false`).';
  if (only('too-old')) return 'It is there, and too old: attach a new one, or raise `max-age`.';
  return undefined;
}
