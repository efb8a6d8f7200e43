import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement } from '../verdict.ts';

/** A document that is there but could not be read, as a gap; nothing for one that was read. */
export function gapOfUnread({ subject, sources, content }: EvidenceItem): EvidenceGap[] {
  if (content.kind !== 'unread') return [];
  return [{ subject, source: sources[0] ?? 'api', code: content.code, reason: content.reason }];
}

/** A document whose condition was not decided, as a gap: it may hold. Nothing for any other judgement. */
export function gapOfUndecided({ item, state, reason }: CandidateJudgement): EvidenceGap[] {
  if (state !== 'unread' || item.content.kind === 'unread') return [];
  return [{ subject: item.subject, source: item.sources[0] ?? 'api', code: 'condition-undecided', reason }];
}
