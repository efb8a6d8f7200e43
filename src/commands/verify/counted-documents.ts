import { signerKey } from '../../evidence/signer.ts';
import type { EvidenceItem } from '../../policy/evidence-item.ts';
import { isSigned } from '../../policy/is-signed.ts';
import type { CandidateJudgement, Cell, ImageVerdict } from '../../policy/verdict.ts';

/** A document that a verdict rests on, and the cells that it made pass. */
export interface CountedDocument {
  /** What tells it from the other documents of an image. */
  readonly key: string;
  /** Of the rules that it counted for: by whose signature, where for any of them by one. */
  readonly judgement: CandidateJudgement;
  readonly cells: readonly CountedCell[];
}

/** A cell that a document made pass, and by what: once for each signer whose signature counted there. */
export interface CountedCell extends Pick<Cell, 'rule' | 'column'> {
  readonly judgement: CandidateJudgement;
}

/**
 * What made the image pass: the evidence of each cell that was met, and the signatures that made artifacts count,
 * each document once for each manifest that it is about. None of an image that did not pass, and none of waived cells:
 * whatever is there was let through by nobody.
 */
export function countedDocuments({ verdict, rules }: ImageVerdict): readonly CountedDocument[] {
  if (verdict !== 'pass') return [];
  const counted = new Map<string, CountedDocument & { readonly cells: CountedCell[] }>();
  for (const cell of rules.flatMap(({ cells }) => cells)) {
    if (cell.state !== 'pass') continue;
    for (const judgement of cell.evidence.flatMap(withVoucher)) {
      const key = documentKey(judgement.item);
      const known = counted.get(key) ?? { key, judgement, cells: [] };
      addCell(known.cells, { rule: cell.rule, column: cell.column, judgement });
      counted.set(key, isSigned(known.judgement) ? known : { ...known, judgement });
    }
  }
  return [...counted.values()];
}

/** One signature may vouch for several files of an artifact in one cell. */
function addCell(cells: CountedCell[], { rule, column, judgement }: CountedCell): void {
  const isSame = (one: CountedCell): boolean =>
    one.rule === rule && one.column === column && byWhom(one.judgement) === byWhom(judgement);
  if (!cells.some(isSame)) cells.push({ rule, column, judgement });
}

function byWhom({ state, trust, signer }: CandidateJudgement): string {
  return JSON.stringify([state, trust ?? null, signer === undefined ? null : signerKey(signer)]);
}

function withVoucher(judgement: CandidateJudgement): CandidateJudgement[] {
  const { voucher, furtherVouchers = [] } = judgement;
  const vouchers = voucher === undefined ? [] : [voucher, ...furtherVouchers];
  return [judgement, ...vouchers.flatMap(withVoucher)];
}

/** With its signature: cosign keeps several beside one payload, each in the annotations of a layer of its own. */
function documentKey({ subject, referrer, document, content }: EvidenceItem): string {
  const envelope = content.kind === 'signed' ? content.envelope : '';
  return [subject, referrer ?? '', document ?? '', envelope].join(' ');
}
