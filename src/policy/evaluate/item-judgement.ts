import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement, CandidateState } from '../verdict.ts';
import type { JudgedMatch } from './judge-vouchers.ts';

/** What one document is worth to one rule. */
export interface ItemJudgement {
  /** Entries that it is right for; a rule that names no signer has one entry, which every artifact meets for itself. */
  readonly matches: readonly JudgedMatch[];
  /** Where there is no match: the most telling reason. */
  readonly rejected: CandidateJudgement | undefined;
  /** What could not be looked at, and could make it count. */
  readonly gaps: readonly EvidenceGap[];
}

/** A document that counts for nothing, and why. */
export function reject(
  item: EvidenceItem,
  state: CandidateState,
  reason: string,
  more: Partial<CandidateJudgement> & { readonly gaps?: readonly EvidenceGap[] } = {},
): ItemJudgement {
  const { gaps = [], ...rest } = more;
  return { matches: [], rejected: { item, state, reason, ...rest }, gaps };
}

/** An artifact that nobody vouches for, with the most telling of the signatures on it. */
export function rejectUnvouched(
  item: EvidenceItem,
  voucher: CandidateJudgement | undefined,
  gaps: readonly EvidenceGap[],
  found?: string,
): ItemJudgement {
  if (voucher !== undefined && voucher.state !== 'unsigned' && voucher.state !== 'unread') {
    const { state, reason, mismatch } = voucher;
    const otherwise = state === 'undecided' ? 'the signature on it may count' : 'the signature on it does not count';
    const words = `${found ?? otherwise}: ${reason}`;
    return reject(item, state, words, { voucher, gaps, ...(mismatch !== undefined && { mismatch }) });
  }
  const otherwise = gaps.length > 0 ? 'no signature on it was found, but not all could be looked at' : 'it is unsigned';
  return reject(item, 'unsigned', found ?? otherwise, { gaps });
}

/** An artifact with a signature on it that counts. */
export function buildVouched(item: EvidenceItem, voucher: CandidateJudgement): CandidateJudgement {
  const { trust, signer, root, times, notes, reason } = voucher;
  return { item, state: 'verified', reason: `the artifact is ${reason}`, trust, signer, root, times, notes, voucher };
}
