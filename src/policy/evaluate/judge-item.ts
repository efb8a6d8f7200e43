import type { EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement } from '../verdict.ts';
import { assignSigners } from './assign-signers.ts';
import type { RuleContext } from './context.ts';
import { buildVouched, type ItemJudgement, reject, rejectUnvouched } from './item-judgement.ts';
import { judgePresence } from './judge-presence.ts';
import { judgeSigned } from './judge-signed.ts';
import { type JudgedMatch, judgeVouchers } from './judge-vouchers.ts';
import { isBound } from './wanted.ts';
import { wantedSigners } from './wanted-signers.ts';

/** Judges one document for one rule; of what it is on, only the rule's columns decide. */
export function judgeItem(item: EvidenceItem, context: RuleContext): ItemJudgement {
  const { content } = item;
  if (content.kind === 'unread') return reject(item, 'unread', content.reason);
  if (content.kind === 'broken') return reject(item, content.state, content.reason);
  const signers = wantedSigners(context.rule, context.policy);
  const judged = signers === undefined ? judgePresence(item, context) : judgeSigned(item, signers, context);
  return judged.matches.length === 0 ? judged : withReferrer(judged, item, context);
}

/** `referrer: {signed-by}`: the artifact's own referrers must hold so many right signatures, whatever else it is. */
function withReferrer(judged: ItemJudgement, item: EvidenceItem, context: RuleContext): ItemJudgement {
  const wanted = context.rule.referrer?.signedBy;
  if (wanted === undefined) return judged;
  if (item.referrer === undefined) {
    return reject(item, 'unsigned', 'it is no artifact in the registry, so nothing can refer to it');
  }
  if (!isBound(item)) {
    return reject(item, 'wrong-subject', 'its manifest names no subject: a signature on it says nothing of this image');
  }
  const { matches, rejected, gaps } = judgeVouchers(item, wanted, context, 'without-where');
  const chosen = assignSigners(matches);
  const [first, ...others] = chosen;
  if (first === undefined || chosen.length < wanted.atLeast) {
    const found = wanted.atLeast > 1 ? `${chosen.length} of ${wanted.atLeast} signatures on it are right` : undefined;
    return rejectUnvouched(item, rejected, gaps, found);
  }
  const further = others.map(({ judgement }) => judgement);
  return { ...judged, matches: judged.matches.map((match) => vouchedMatch(match, first.judgement, further)) };
}

/** An artifact that nobody signed becomes evidence of who vouches for it. */
function vouchedMatch(
  match: JudgedMatch,
  voucher: CandidateJudgement,
  further: readonly CandidateJudgement[],
): JudgedMatch {
  const { judgement } = match;
  const vouched = judgement.state === 'unsigned' ? buildVouched(judgement.item, voucher) : { ...judgement, voucher };
  return { ...match, judgement: further.length === 0 ? vouched : { ...vouched, furtherVouchers: further } };
}
