import type { EvidenceItem } from '../../policy/evidence-item.ts';
import type { CandidateJudgement, Cell, ImageVerdict } from '../../policy/verdict.ts';

/** A document that a verdict rests on, and the cells that it made pass. */
export interface CountedDocument {
  /** What tells it from the other documents of an image. */
  readonly key: string;
  readonly judgement: CandidateJudgement;
  readonly cells: readonly Pick<Cell, 'rule' | 'column'>[];
}

/**
 * What made the image pass: the evidence of each cell that was met, and the signatures that made unsigned files count,
 * each document once for each manifest that it is about. None of an image that did not pass, and none of waived cells:
 * whatever is there was let through by nobody.
 */
export function countedDocuments({ verdict, rules }: ImageVerdict): readonly CountedDocument[] {
  if (verdict !== 'pass') return [];
  const counted = new Map<string, CountedDocument & { readonly cells: Pick<Cell, 'rule' | 'column'>[] }>();
  for (const cell of rules.flatMap(({ cells }) => cells)) {
    if (cell.state !== 'pass') continue;
    for (const judgement of cell.evidence.flatMap(withVoucher)) {
      const key = documentKey(judgement.item);
      const known = counted.get(key) ?? { key, judgement, cells: [] };
      known.cells.push({ rule: cell.rule, column: cell.column });
      counted.set(key, known);
    }
  }
  return [...counted.values()];
}

function withVoucher(judgement: CandidateJudgement): CandidateJudgement[] {
  return judgement.voucher === undefined ? [judgement] : [judgement, ...withVoucher(judgement.voucher)];
}

/** With its signature: cosign keeps several beside one payload, each in the annotations of a layer of its own. */
function documentKey({ subject, referrer, document, content }: EvidenceItem): string {
  const envelope = content.kind === 'signed' ? content.envelope : '';
  return [subject, referrer ?? '', document ?? '', envelope].join(' ');
}
