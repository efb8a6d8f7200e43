import type { CandidateJudgement, Cell } from '../policy/verdict.ts';
import { CELL_MARKS, cellStyle } from './cell-style.ts';
import { cleanText, MAX_NAME_BYTES } from './clean-text.ts';
import { evidenceName, evidencePlace, evidenceType, explanationOf, pastePlace, signerText } from './evidence-text.ts';
import { nextStep } from './next-step.ts';
import type { TextStyle } from './text-style.ts';
import { alignColumns, type TextCell } from './text-table.ts';
import { type CellGroup, candidatesOf } from './unmet-cells.ts';
import { wantedText } from './wanted-text.ts';

const MAX_CANDIDATES = 8;

/** An unmet rule: where, why, and each candidate with its own reason. */
export function unmetLines(group: CellGroup, repository: string, style: TextStyle): string[] {
  const { rule, cells } = group;
  const [cell] = cells;
  const tint = cellStyle(cell.state, style);
  const at = rule.at.line === undefined ? '' : style.dim(`  ${cleanText(rule.at.file)}:${rule.at.line}`);
  const candidates = candidatesOf(group);
  const hidden = candidates.length - MAX_CANDIDATES;
  const step = nextStep(cell);
  return [
    `${tint(CELL_MARKS[cell.state])} ${style.heading(cleanText(rule.name))} on ${columnsText(cells)}${at}`,
    `  ${cleanText(cell.reason)}`,
    style.dim(`  asked for: ${cleanText(wantedText(rule))}`),
    ...candidates
      .slice(0, MAX_CANDIDATES)
      .flatMap(({ judgement, like }) => candidateLines(judgement, { indent: '  ', like, repository, style })),
    ...(hidden > 0 ? [style.dim(`  … and ${hidden} more candidates in the report`)] : []),
    ...(step === undefined ? [] : [`  hint: ${step}`]),
  ];
}

/** Columns by their names. */
export function columnsText(cells: readonly Cell[]): string {
  return cells.map(({ column }) => cleanText(column, MAX_NAME_BYTES)).join(', ');
}

interface CandidatePlace {
  readonly indent: string;
  /** How many documents of other columns fare alike. */
  readonly like: number;
  /** Of the image. */
  readonly repository: string;
  readonly style: TextStyle;
}

function candidateLines(judgement: CandidateJudgement, place: CandidatePlace): string[] {
  const { indent, like, repository, style } = place;
  const { item, state, reason, signer, mismatch, voucher, notes = [] } = judgement;
  const tint = state === 'verified' ? style.good : style.bad;
  const others = like === 0 ? '' : `, and ${like} more like it`;
  const which = style.dim(`${cleanText(evidenceName(item))} (${cleanText(evidencePlace(item, repository))})${others}`);
  const deeper = `${indent}  `;
  return [
    `${indent}- ${tint(state)}  ${style.type(cleanText(evidenceType(item), 160))}  ${which}`,
    `${deeper}${cleanText(reason)}`,
    ...(signer === undefined || mismatch?.explanation !== undefined
      ? []
      : [`${deeper}${style.dim('signed by')} ${cleanText(signerText(signer))}`]),
    ...mismatchLines(judgement, deeper, style),
    ...notes.map((note) => style.dim(`${deeper}note: ${cleanText(note)}`)),
    ...(voucher === undefined ? [] : candidateLines(voucher, { ...place, indent: deeper, like: 0 })),
  ];
}

const PASTE_WORDS = { 'signed-by': 'add to signed-by', inputs: 'write in the inputs' } as const;

function mismatchLines(judgement: CandidateJudgement, indent: string, style: TextStyle): string[] {
  const { mismatch } = judgement;
  if (mismatch === undefined) return [];
  const explanation = explanationOf(judgement);
  const rows = mismatch.rows.map(({ field, expected, found, matches }): TextCell[] => [
    matches ? { text: '✓', style: style.good } : { text: '✗', style: style.bad },
    { text: cleanText(field) },
    { text: cleanText(expected) },
    { text: cleanText(found), style: matches ? style.dim : style.bad },
  ]);
  const header = ['', '', 'expected', 'found'].map((text): TextCell => ({ text, style: style.dim }));
  return [
    ...(explanation === undefined ? [] : [`${indent}${cleanText(explanation)}`]),
    // a first cell that is empty everywhere else would lose its column
    ...alignColumns([header, ...rows]).map((line) => `${indent}${line}`),
    `${indent}${style.dim(`to accept this signer, ${PASTE_WORDS[pastePlace(mismatch.paste)]}:`)}`,
    ...mismatch.paste.split('\n').map((line) => `${indent}  ${style.good(cleanText(line))}`),
  ];
}
