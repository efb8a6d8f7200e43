import type { EvidenceItem } from '../policy/evidence-item.ts';
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
  const judged = ({ item, voucher, ...rest }: CandidateJudgement): CandidateJudgement => ({
    ...rest,
    item: lighten(item),
    ...(voucher !== undefined && { voucher: judged(voucher) }),
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
    content: lightContent(content),
    ...(vouchers !== undefined && { vouchers: { ...vouchers, items: vouchers.items.map(lighten) } }),
  };
}

function lightContent(content: EvidenceItem['content']): EvidenceItem['content'] {
  if (content.kind === 'unsigned' && content.statement !== undefined) {
    return { ...content, statement: { ...content.statement, predicate: null } };
  }
  if (content.kind !== 'signed' || content.claim.kind !== 'statement') return content;
  const { claim } = content;
  return { ...content, claim: { ...claim, statement: { ...claim.statement, predicate: null } } };
}
