import type { CandidateJudgement } from './verdict.ts';

/** Whether a signature made a document count: its own, or one on it. A signature that nobody asked about says nothing. */
export function isSigned({ state }: CandidateJudgement): boolean {
  return state === 'verified';
}
