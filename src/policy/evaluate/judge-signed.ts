import type { EvidenceItem } from '../evidence-item.ts';
import type { SignedBy } from '../policy.ts';
import type { CandidateJudgement } from '../verdict.ts';
import { mostTelling } from './candidate-order.ts';
import type { RuleContext } from './context.ts';
import { buildVouched, type ItemJudgement, reject, rejectUnvouched } from './item-judgement.ts';
import { judgeSignature } from './judge-signature.ts';
import { judgeVouchers, matchOf } from './judge-vouchers.ts';
import { otherTrust } from './other-trust.ts';
import { statementOf } from './statement-of.ts';
import { gapOfUndecided } from './unread-gap.ts';
import { describeOther } from './unwanted.ts';
import {
  isPlainForm,
  isVouchedType,
  isWantedArtifact,
  isWantedSignature,
  needsVouchers,
  type SignedContent,
} from './wanted.ts';

/** For rules that ask for signatures: the document is signed by one of them, or the artifact that it is, is. */
export function judgeSigned(item: EvidenceItem, signedBy: SignedBy, context: RuleContext): ItemJudgement {
  const { content } = item;
  const { rule } = context;
  if (content.kind === 'signed' && isWantedSignature(rule.wanted, item, content)) {
    return judgeOwnSignature(item, content, signedBy, context);
  }
  if (isVouchedType(rule, item) && needsVouchers(rule, item)) return judgeVouched(item, signedBy, context);
  return rejectUnsigned(item, context);
}

function judgeOwnSignature(
  item: EvidenceItem,
  content: SignedContent,
  { of }: SignedBy,
  context: RuleContext,
): ItemJudgement {
  if (content.wrongSubject !== undefined) return reject(item, 'wrong-subject', `it is about ${content.wrongSubject}`);
  const about = { item, statement: statementOf(item) };
  const judged = of.map((entry) => judgeSignature({ item, content, about }, entry, context));
  const matches = judged.flatMap((judgement, entry) => matchOf(judgement, entry, content.envelope));
  const gaps = judged.flatMap(gapOfUndecided);
  if (matches.length > 0) return { matches, rejected: undefined, gaps };
  const elsewhere = otherTrust(item, content, of);
  const rejected = mostTelling([...judged, ...elsewhere]) ?? nobodyTrusted(item);
  return { matches, rejected, gaps };
}

function nobodyTrusted(item: EvidenceItem): CandidateJudgement {
  return { item, state: 'untrusted-identity', reason: 'the rule names no signer, and the policy trusts no key' };
}

/** The artifact's own referrers vouch for it: its type, its content, and what it is about. */
function judgeVouched(item: EvidenceItem, signedBy: SignedBy, context: RuleContext): ItemJudgement {
  const { matches, rejected, gaps } = judgeVouchers(item, signedBy, context, 'with-where');
  if (matches.length === 0) {
    const isEnvelope = item.content.kind === 'signed' && rejected === undefined;
    return isEnvelope ? { ...rejectUnsigned(item, context), gaps } : rejectUnvouched(item, rejected, gaps);
  }
  const vouched = matches.map((match) => ({ ...match, judgement: buildVouched(item, match.judgement) }));
  return { matches: vouched, rejected: undefined, gaps };
}

function rejectUnsigned(item: EvidenceItem, { rule: { wanted } }: RuleContext): ItemJudgement {
  const { content } = item;
  if (content.kind === 'signed') {
    const isLabelled = wanted.kind === 'artifact-type' && wanted.types.includes(item.artifactType);
    const label = isLabelled ? `its type ${item.artifactType} is not under the signature inside; ` : '';
    return reject(item, 'wrong-predicate', `${label}${describeOther(item)}`);
  }
  if (content.kind !== 'unsigned' || !(isWantedArtifact(wanted, item) || isPlainForm(wanted, item))) {
    return reject(item, 'wrong-predicate', describeOther(item));
  }
  if (content.wrongSubject !== undefined) return reject(item, 'wrong-subject', `it is about ${content.wrongSubject}`);
  if (content.malformed !== undefined) return reject(item, 'malformed', content.malformed);
  return reject(item, 'unsigned', 'it is of the right kind, but nobody signed it');
}
