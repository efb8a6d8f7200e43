import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement } from '../verdict.ts';

/** A document that is there but could not be read, as a gap; nothing for one that was read. */
export function gapOfUnread({ subject, sources, content }: EvidenceItem): EvidenceGap[] {
  if (content.kind !== 'unread') return [];
  return [{ subject, source: sources[0] ?? 'api', code: content.code, reason: content.reason }];
}

/** A document whose condition was not decided, as a gap: it may hold. Nothing for any other judgement. */
export function gapOfUndecided(judgement: CandidateJudgement): EvidenceGap[] {
  const { item, reason } = judgement;
  if (!isUndecided(judgement)) return [];
  return [{ subject: item.subject, source: item.sources[0] ?? 'api', code: 'condition-undecided', reason }];
}

/** Whether a document was read, and only its condition, or that of the signature on it, was not decided. */
export function isUndecided({ item, state }: CandidateJudgement): boolean {
  return state === 'unread' && item.content.kind !== 'unread';
}
