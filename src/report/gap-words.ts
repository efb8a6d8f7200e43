import type { EvidenceGap } from '../policy/evidence-item.ts';

/** What a gap says that did not happen, as a line begins: a document whose condition waits was found and read. */
export function gapLead({ code }: EvidenceGap): 'could not look' | 'not decided' {
  return code === 'condition-undecided' ? 'not decided' : 'could not look';
}
