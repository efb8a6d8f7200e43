import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement } from '../verdict.ts';

const DECIDE_HINT =
  'A rule that asks for a signature asks its condition only of what its signers wrote; one that ends with the first match (`exists`) and compares texts in place of patterns is quicker.';

/** A document that is there but could not be read, as a gap; nothing for one that was read. */
export function gapOfUnread({ subject, sources, content }: EvidenceItem): EvidenceGap[] {
  if (content.kind !== 'unread') return [];
  const { code, reason, hint } = content;
  return [{ subject, source: sources[0] ?? 'api', code, reason, hint }];
}

/** A document whose condition was not decided, as a gap: it may hold. Nothing for any other judgement. */
export function gapOfUndecided(judgement: CandidateJudgement): EvidenceGap[] {
  const { item, state, reason } = judgement;
  if (state !== 'undecided') return [];
  const { subject, sources } = item;
  return [{ subject, source: sources[0] ?? 'api', code: 'condition-undecided', reason, hint: DECIDE_HINT }];
}
