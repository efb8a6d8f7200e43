import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';

/** A document that is there but could not be read, as a gap; nothing for one that was read. */
export function gapOfUnread({ subject, sources, content }: EvidenceItem): EvidenceGap[] {
  if (content.kind !== 'unread') return [];
  return [{ subject, source: sources[0] ?? 'api', code: content.code, reason: content.reason }];
}
