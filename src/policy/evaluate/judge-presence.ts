import type { EvidenceItem } from '../evidence-item.ts';
import type { CandidateJudgement } from '../verdict.ts';
import type { RuleContext } from './context.ts';
import { type ItemJudgement, reject } from './item-judgement.ts';
import { statementOf } from './statement-of.ts';
import { gapOfUndecided } from './unread-gap.ts';
import { describeOther } from './unwanted.ts';
import { isWantedArtifact, malformedPredicate } from './wanted.ts';

/** For rules that no signature of the document itself is asked for: it must be there, be of the kind, and be whole. */
export function judgePresence(item: EvidenceItem, context: RuleContext): ItemJudgement {
  const { content } = item;
  const { wanted, where } = context.rule;
  if (content.kind === 'broken' || content.kind === 'unread') return reject(item, 'unsupported', content.reason);
  if (!isWantedArtifact(wanted, item)) return reject(item, 'wrong-predicate', describeOther(item));
  if (content.wrongSubject !== undefined) return reject(item, 'wrong-subject', `it is about ${content.wrongSubject}`);
  const malformed = content.kind === 'signed' ? malformedPredicate(wanted, content) : content.malformed;
  if (malformed !== undefined) return reject(item, 'malformed', malformed);
  const statement = statementOf(item);
  const { image, conditions } = context;
  const unmet = where && conditions.reasonUnmet(where, { item, statement, signer: undefined, image });
  if (unmet?.isUndecided === true) {
    const rejected: CandidateJudgement = { item, state: 'undecided', reason: unmet.reason };
    return { matches: [], rejected, gaps: gapOfUndecided(rejected) };
  }
  if (unmet !== undefined) return reject(item, 'condition-not-met', unmet.reason);
  const judgement: CandidateJudgement = { item, state: 'unsigned', reason: presentReason(item) };
  return {
    matches: [{ entry: 0, signer: 'anybody', envelope: 'any', judgement }],
    rejected: undefined,
    gaps: [],
  };
}

function presentReason({ content }: EvidenceItem): string {
  if (content.kind === 'signed') return 'it is there; the rule asks for no signature, and none was counted';
  return 'it is there and of the right shape; nobody signed it';
}
