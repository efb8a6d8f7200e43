import type { Digest } from '../../oci/digest.ts';
import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement, Cell } from '../verdict.ts';
import { assignSigners } from './assign-signers.ts';
import { orderCandidates } from './candidate-order.ts';
import type { ItemJudgement } from './item-judgement.ts';
import type { JudgedMatch } from './judge-vouchers.ts';
import { gapOfUnread } from './unread-gap.ts';

/** What is known of some subjects: what was found, each judged for the rule, and where nobody could look. */
export interface JudgedEvidence {
  readonly items: readonly { readonly item: EvidenceItem; readonly judgement: ItemJudgement }[];
  readonly gaps: readonly EvidenceGap[];
}

export type CellVerdict = Pick<Cell, 'state' | 'reason' | 'evidence' | 'rejected' | 'gaps'>;

/**
 * Met: pass, whatever could not be read. Not met and all read: fail. Not met and something unread, which might have
 * met it: unknown. `atLeast` under one is one: nothing never passes.
 */
export function judgeCell({ items, gaps }: JudgedEvidence, atLeast: number, subjects: readonly Digest[]): CellVerdict {
  const matches = items.flatMap(({ judgement }) => judgement.matches);
  const chosen = assignSigners(matches);
  const evidence = unique(matches.map(({ judgement }) => judgement));
  const rejected = orderCandidates(items.flatMap(({ judgement }) => judgement.rejected ?? []));
  if (chosen.length > 0 && chosen.length >= atLeast) {
    return { state: 'pass', reason: passReason(chosen, atLeast), evidence, rejected, gaps: [] };
  }
  const unread = [
    ...gaps.filter(({ subject }) => subjects.includes(subject)),
    ...items.flatMap(({ item, judgement }) => [...gapOfUnread(item), ...judgement.gaps]),
  ];
  const unmet = unmetReason(chosen.length, atLeast, rejected);
  if (unread.length === 0) return { state: 'fail', reason: unmet, evidence, rejected, gaps: [] };
  return { state: 'unknown', reason: `${unmet}; ${unreadReason(unread)}`, evidence, rejected, gaps: unread };
}

/** A signature that is right for several entries is shown once. */
function unique(judgements: readonly CandidateJudgement[]): CandidateJudgement[] {
  const seen = new Set<EvidenceItem>();
  return judgements.filter(({ item, voucher }) => {
    const signed = voucher?.item ?? item;
    const isNew = !seen.has(signed);
    seen.add(signed);
    return isNew;
  });
}

function passReason(chosen: readonly JudgedMatch[], atLeast: number): string {
  const [first] = chosen;
  if (atLeast > 1)
    return `${chosen.length} of ${atLeast} signers: ${chosen.map(({ judgement }) => judgement.reason).join('; ')}`;
  return first?.judgement.reason ?? '';
}

function unmetReason(found: number, atLeast: number, rejected: readonly CandidateJudgement[]): string {
  const counted = atLeast > 1 ? `${found} of ${atLeast} signers` : 'nothing counts';
  const relevant = rejected.filter(({ state }) => state !== 'wrong-predicate' && state !== 'unread');
  if (relevant.length === 0) return found > 0 ? counted : 'nothing of the kind was found';
  return `${counted}: ${countStates(relevant)}`;
}

function countStates(judgements: readonly CandidateJudgement[]): string {
  const counts = new Map<string, number>();
  for (const { state } of judgements) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

function unreadReason([first, ...others]: readonly EvidenceGap[]): string {
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const what = first?.code === 'condition-undecided' ? 'was decided' : 'could be read';
  return `not everything ${what}: ${first?.reason}${more}`;
}
