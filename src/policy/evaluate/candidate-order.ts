import type { CandidateJudgement, CandidateState } from '../verdict.ts';

/** From what nearly counted, which says most about what to do, to what has nothing to do with the rule. */
const ORDER: readonly CandidateState[] = [
  'verified',
  'undecided',
  'condition-not-met',
  'too-old',
  'untrusted-identity',
  'unknown-root-material',
  'unsupported',
  'invalid',
  'unread',
  'wrong-subject',
  'malformed',
  'unsigned',
  'wrong-predicate',
];

/** Candidates with the most telling first; those that tell as much keep their order. */
export function orderCandidates(candidates: readonly CandidateJudgement[]): CandidateJudgement[] {
  return [...candidates].sort(compareCandidates);
}

/**
 * Of one candidate, tried for several entries: the judgement that tells most. A signature that is right, of the wrong
 * signer, tells more than that another trust cannot verify it; and the entry that it differs least from, most.
 */
export function mostTelling([first, ...rest]: readonly CandidateJudgement[]): CandidateJudgement | undefined {
  if (first === undefined) return undefined;
  return rest.reduce((best, one) => (compareCandidates(one, best) < 0 ? one : best), first);
}

function compareCandidates(a: CandidateJudgement, b: CandidateJudgement): number {
  return rank(a) - rank(b) || differences(a) - differences(b);
}

/** What no trust verified, and no trust of the rule covers, tells less than what is wrong with it elsewhere. */
function rank({ state, signer }: CandidateJudgement): number {
  if (state === 'untrusted-identity' && signer === undefined) return ORDER.indexOf('unread') - 0.5;
  return ORDER.indexOf(state);
}

function differences({ mismatch }: CandidateJudgement): number {
  return mismatch?.rows.filter((row) => !row.matches).length ?? 0;
}
