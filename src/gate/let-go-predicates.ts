import { LET_GO, type Statement } from '../evidence/statement.ts';
import type { EvidenceContent, EvidenceItem } from '../policy/evidence-item.ts';
import type { KeptPredicates } from '../policy/plan-evidence.ts';
import type { CandidateJudgement, ImageVerdict } from '../policy/verdict.ts';

/**
 * A verdict without the predicates that its conditions looked into: no report shows them, and those of a fleet would be
 * in memory until its last image is judged.
 */
export function letGoPredicates(verdict: ImageVerdict): ImageVerdict {
  const known = new Map<EvidenceItem, EvidenceItem>();
  const lighten = (item: EvidenceItem): EvidenceItem => {
    const light = known.get(item) ?? lightItem(item, lighten);
    known.set(item, light);
    return light;
  };
  const judged = ({ item, voucher, furtherVouchers, ...rest }: CandidateJudgement): CandidateJudgement => ({
    ...rest,
    item: lighten(item),
    ...(voucher !== undefined && { voucher: judged(voucher) }),
    ...(furtherVouchers !== undefined && { furtherVouchers: furtherVouchers.map(judged) }),
  });
  const rules = verdict.rules.map((rule) => ({
    ...rule,
    cells: rule.cells.map((cell) => ({
      ...cell,
      evidence: cell.evidence.map(judged),
      rejected: cell.rejected.map(judged),
    })),
  }));
  return { ...verdict, rules };
}

function lightItem(item: EvidenceItem, lighten: (item: EvidenceItem) => EvidenceItem): EvidenceItem {
  const { content, vouchers } = item;
  return {
    ...item,
    content: keepPredicates(content, 'none'),
    ...(vouchers !== undefined && { vouchers: { ...vouchers, items: vouchers.items.map(lighten) } }),
  };
}

/** Content with its predicate only where a rule may look into it: parsed it takes several times its bytes. */
export function keepPredicates(content: EvidenceContent, kept: KeptPredicates): EvidenceContent {
  if (kept === 'all') return content;
  if (content.kind === 'unsigned' && content.statement !== undefined && kept === 'none') {
    return { ...content, statement: withoutPredicate(content.statement) };
  }
  if (content.kind !== 'signed' || content.claim.kind !== 'statement') return content;
  const isVerified = [...content.outcomes.values()].some(({ verified }) => verified);
  if (kept === 'of-verified' && isVerified) return content;
  const { claim } = content;
  return { ...content, claim: { ...claim, statement: withoutPredicate(claim.statement) } };
}

function withoutPredicate(statement: Statement): Statement {
  return { ...statement, predicate: LET_GO };
}
