import type { VerifyOutcome } from '../../evidence/signed-evidence.ts';
import { LET_GO, type Statement } from '../../evidence/statement.ts';
import { describeSigner } from '../describe-signer.ts';
import type { EvidenceItem } from '../evidence-item.ts';
import { explainMismatch } from '../identity-help.ts';
import { matchSigner } from '../match-signer.ts';
import type { SignerRule } from '../policy.ts';
import { differsInCaseOnly, type SignerRow } from '../signer-row.ts';
import type { CandidateJudgement, CandidateState } from '../verdict.ts';
import { LET_GO_REASON } from './conditions.ts';
import type { RuleContext } from './context.ts';
import { reasonTooOld } from './freshness.ts';
import { malformedPredicate, type SignedContent } from './wanted.ts';

/** Signed content, and what its signature is to make count. */
export interface Signature {
  /** The document that holds the signature. */
  readonly item: EvidenceItem;
  readonly content: SignedContent;
  /** What `where` looks at: the document itself, or the artifact that the signature is on. */
  readonly about: { readonly item: EvidenceItem; readonly statement: Statement | undefined } | undefined;
}

type Verified = Extract<VerifyOutcome, { readonly verified: true }>;

/**
 * What one signature is worth to one entry of `signed-by`. In the order of trust: the signature, then who signed, and
 * only then what is signed, its age and its content.
 */
export function judgeSignature(signature: Signature, entry: SignerRule, context: RuleContext): CandidateJudgement {
  const { item, content } = signature;
  const outcome = content.outcomes.get(entry.trust);
  if (outcome === undefined) {
    const reason = `it is not of a kind that the trust ${JSON.stringify(entry.trust)} covers`;
    return { item, state: 'untrusted-identity', reason, trust: entry.trust };
  }
  if (!outcome.verified) return { item, state: STATES[outcome.state], reason: outcome.reason, trust: entry.trust };
  return judgeVerified(signature, outcome, entry, context);
}

const STATES = {
  invalid: 'invalid',
  unsupported: 'unsupported',
  'unknown-root-material': 'unknown-root-material',
  untrusted: 'untrusted-identity',
} as const satisfies Readonly<Record<string, CandidateState>>;

function judgeVerified(
  { item, content, about }: Signature,
  { signer, root, times, notes }: Verified,
  entry: SignerRule,
  { rule, image, now, conditions }: RuleContext,
): CandidateJudgement {
  const judge = (state: CandidateState, reason: string): CandidateJudgement => {
    return { item, state, reason, trust: entry.trust, signer, root, times, notes };
  };
  const match = matchSigner(entry, signer);
  if (!match.matches) {
    const mismatch = explainMismatch(match, signer, entry);
    const wrong = mismatch.rows.filter((row) => !row.matches).map(describeDifference);
    return {
      ...judge('untrusted-identity', `signed by ${describeSigner(signer)}, which differs in ${wrong.join(', ')}`),
      mismatch,
    };
  }
  const statement = content.claim.kind === 'statement' ? content.claim.statement : undefined;
  const malformed = malformedPredicate(rule.wanted, content);
  if (malformed !== undefined && about?.item === item) return judge('malformed', malformed);
  if (rule.maxAge !== undefined && statement?.predicate === LET_GO) {
    return judge('undecided', `its age is not known: ${LET_GO_REASON}`);
  }
  const tooOld = rule.maxAge === undefined ? undefined : reasonTooOld({ signer, times, statement }, rule.maxAge, now);
  if (tooOld !== undefined) return judge('too-old', tooOld);
  if (rule.where !== undefined && about !== undefined) {
    const unmet = conditions.reasonUnmet(rule.where, { ...about, signer, image });
    if (unmet !== undefined) return judge(unmet.isUndecided ? 'undecided' : 'condition-not-met', unmet.reason);
  }
  return judge('verified', `signed by ${describeSigner(signer)}`);
}

function describeDifference(row: SignerRow): string {
  return differsInCaseOnly(row) ? `${row.field} (in upper and lower case only)` : row.field;
}
