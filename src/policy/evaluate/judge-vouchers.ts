import { signerKey } from '../../evidence/signer.ts';
import type { EvidenceGap, EvidenceItem } from '../evidence-item.ts';
import type { SignedBy } from '../policy.ts';
import type { CandidateJudgement } from '../verdict.ts';
import type { EntryMatch } from './assign-signers.ts';
import { mostTelling } from './candidate-order.ts';
import type { RuleContext } from './context.ts';
import { judgeSignature } from './judge-signature.ts';
import { statementOf } from './statement-of.ts';
import { gapOfUndecided, gapOfUnread } from './unread-gap.ts';

/** A signature that is right for one entry, and the judgement that says so. */
export interface JudgedMatch extends EntryMatch {
  readonly judgement: CandidateJudgement;
}

export interface VoucherJudgement {
  readonly matches: readonly JudgedMatch[];
  /** The most telling of those that are right for no entry. */
  readonly rejected: CandidateJudgement | undefined;
  /** What could not be looked at: a signature may be there. */
  readonly gaps: readonly EvidenceGap[];
}

/**
 * What the signatures on the artifact itself are worth: signed content about the digest of its manifest, found among
 * its own referrers. `conditions`: whether `where` is asked of what they vouch for.
 */
export function judgeVouchers(
  artifact: EvidenceItem,
  signedBy: SignedBy,
  context: RuleContext,
  conditions: 'with-where' | 'without-where',
): VoucherJudgement {
  if (artifact.vouchers === undefined) return { matches: [], rejected: undefined, gaps: [notLooked(artifact)] };
  const about = conditions === 'with-where' ? { item: artifact, statement: statementOf(artifact) } : undefined;
  const judged = artifact.vouchers.items.map((item) => judgeVoucher(item, artifact, signedBy, context, about));
  const unread = artifact.vouchers.items.filter(({ content }) => content.kind === 'unread').flatMap(gapOfUnread);
  return {
    matches: judged.flatMap(({ matches }) => matches),
    rejected: mostTelling(judged.flatMap(({ matches, best }) => (matches.length === 0 ? best : []))),
    gaps: [...artifact.vouchers.gaps, ...unread, ...judged.flatMap(({ gaps = [] }) => gaps)],
  };
}

type About = Parameters<typeof judgeSignature>[0]['about'];

function judgeVoucher(
  item: EvidenceItem,
  artifact: EvidenceItem,
  { of }: SignedBy,
  context: RuleContext,
  about: About,
): {
  readonly matches: readonly JudgedMatch[];
  readonly best: readonly CandidateJudgement[];
  readonly gaps?: readonly EvidenceGap[];
} {
  const { content } = item;
  const reject = (state: CandidateJudgement['state'], reason: string) => ({
    matches: [],
    best: [{ item, state, reason }],
  });
  switch (content.kind) {
    case 'unread':
      return reject('unread', content.reason);
    case 'broken':
      return reject(content.state, content.reason);
    case 'unsigned':
      return reject('unsigned', 'it bears no signature');
    case 'signed': {
      if (content.wrongSubject !== undefined) return reject('wrong-subject', `it is about ${content.wrongSubject}`);
      if (item.subject !== artifact.referrer) return reject('wrong-subject', `it is about ${item.subject}`);
      const judged = of.map((entry) => judgeSignature({ item, content, about }, entry, context));
      const matches = judged.flatMap((judgement, entry) => matchOf(judgement, entry, content.envelope));
      return { matches, best: [mostTelling(judged) ?? []].flat(), gaps: judged.flatMap(gapOfUndecided) };
    }
  }
}

/** The judgement as a match of its entry, if it is verified. */
export function matchOf(judgement: CandidateJudgement, entry: number, envelope: string): JudgedMatch[] {
  const { state, signer } = judgement;
  if (state !== 'verified' || signer === undefined) return [];
  // one person may have a mail address, or one repository a name, in several cases: those are not two signers
  return [{ entry, signer: signerKey(signer).toLowerCase(), envelope, judgement }];
}

function notLooked({ referrer, subject, sources }: EvidenceItem): EvidenceGap {
  return {
    subject: referrer ?? subject,
    source: sources[0] ?? 'api',
    code: 'not-looked',
    reason: 'nobody looked for signatures on the artifact itself',
  };
}
