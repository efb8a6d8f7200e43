import type { VerifiedImage, VerifyResult } from '../commands/verify/result.ts';
import type { CandidateJudgement, Cell, CellState, ImageVerdict, Verdict } from '../policy/verdict.ts';
import { renderErrorLines } from './error-text.ts';
import { escapeTerminal } from './escape.ts';
import {
  evidenceName,
  evidencePlace,
  evidenceType,
  rootAge,
  rootText,
  signerText,
  smallestTime,
} from './evidence-text.ts';
import { sourceName } from './source-names.ts';
import { plainStyle, type TextStyle } from './text-style.ts';
import { alignColumns, type TextCell } from './text-table.ts';
import { truncateBytes } from './truncate.ts';
import { type CellGroup, gapsOf, groupAccepted, groupUnmet } from './unmet-cells.ts';
import { CELL_WORDS, countVerdict } from './verify-words.ts';

/** With more images than these, those that pass are not shown whole. */
const MAX_WHOLE = 4;
const MAX_CANDIDATES = 8;
const MAX_TEXT_BYTES = 1024;
const MAX_NAME_BYTES = 80;

/** The result of a verify command for a terminal: for each image its matrix, what is unmet and why, what was accepted. */
export function renderVerifyText(result: VerifyResult, style: TextStyle = plainStyle): string {
  const isMany = result.images.length > MAX_WHOLE;
  const passing = result.images.filter(({ verdict }) => isMany && verdict?.verdict === 'pass');
  const whole = result.images.filter((image) => !passing.includes(image));
  const blocks = [
    passing.flatMap((image) => renderPassing(image, style)).join('\n'),
    ...whole.map((image) => renderImage(image, style).join('\n')),
    [...rootLines(result, style), ...policyLines(result, style)].join('\n'),
    verdictLines(result, style).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function renderImage(image: VerifiedImage, style: TextStyle): string[] {
  const title = style.heading(clean(image.requested));
  if (image.verdict === undefined) return [title, ...renderErrorLines(image.error, style)];
  const { verdict } = image;
  return [
    `${title}  ${style.dim(verdict.image.digest)}`,
    ...alignColumns(matrixRows(verdict, style)),
    ...noticeLines(verdict, style),
    ...gapLines(verdict, style),
    ...verdict.rules.flatMap((rule) => groupUnmet(rule).flatMap((group) => ['', ...unmetLines(group, style)])),
    ...acceptedLines(verdict, style),
  ];
}

function noticeLines({ notices }: ImageVerdict, style: TextStyle): string[] {
  return notices.map(({ code, message }) => `${style.warn('!')} ${style.warn(code)}: ${clean(message)}`);
}

/** Of many images one that passes takes a line, and what must be said of it all the same. */
function renderPassing(image: VerifiedImage, style: TextStyle): string[] {
  if (image.verdict === undefined) return [];
  const { verdict } = image;
  const met = verdict.rules.flatMap(({ cells }) => cells).filter(({ state }) => state === 'pass').length;
  return [
    `${style.good('✓')} ${clean(image.requested)}  ${style.dim(`${verdict.image.digest}  ${met} met`)}`,
    ...noticeLines(verdict, style).map((line) => `  ${line}`),
  ];
}

const MARKS: Readonly<Record<CellState, string>> = {
  pass: '✓',
  fail: '✗',
  unknown: '?',
  waived: '~',
  skipped: '-',
  'not-applicable': '·',
};

function matrixRows({ rules, columns }: ImageVerdict, style: TextStyle): TextCell[][] {
  const header = [
    { text: '' },
    ...columns.map(({ name }) => ({ text: clean(name, MAX_NAME_BYTES), style: style.dim })),
  ];
  const rows = rules.map(({ rule, cells }): TextCell[] => [
    { text: clean(rule.name, MAX_NAME_BYTES), style: style.heading },
    ...columns.map(({ name }) => stateCell(cells.find(({ column }) => column === name)?.state, style)),
  ]);
  return [header, ...rows];
}

function stateCell(state: CellState = 'not-applicable', style: TextStyle): TextCell {
  const isQuiet = state === 'not-applicable';
  return { text: isQuiet ? MARKS[state] : `${MARKS[state]} ${CELL_WORDS[state]}`, style: stateStyle(state, style) };
}

function stateStyle(state: CellState, style: TextStyle): (text: string) => string {
  if (state === 'pass') return style.good;
  if (state === 'fail') return style.bad;
  return state === 'unknown' || state === 'waived' ? style.warn : style.dim;
}

function unmetLines({ rule, cells }: CellGroup, style: TextStyle): string[] {
  const [cell, ...like] = cells;
  const tint = stateStyle(cell.state, style);
  const at = rule.at.line === undefined ? '' : style.dim(`  ${clean(rule.at.file)}:${rule.at.line}`);
  const candidates = [...cell.evidence, ...cell.rejected];
  const hidden = candidates.length - MAX_CANDIDATES;
  return [
    `${tint(MARKS[cell.state])} ${style.heading(clean(rule.name))} on ${columnsText(cells)}${at}`,
    `  ${clean(cell.reason)}`,
    ...candidates
      .slice(0, MAX_CANDIDATES)
      .flatMap((one) => candidateLines(one, { indent: '  ', like: like.length, style })),
    ...(hidden > 0 ? [style.dim(`  … and ${hidden} more candidates in the report`)] : []),
  ];
}

function columnsText(cells: readonly Cell[]): string {
  return cells.map(({ column }) => clean(column, MAX_NAME_BYTES)).join(', ');
}

interface CandidatePlace {
  readonly indent: string;
  /** How many further columns have one of which the same is to be said. */
  readonly like: number;
  readonly style: TextStyle;
}

function candidateLines(judgement: CandidateJudgement, place: CandidatePlace): string[] {
  const { indent, like, style } = place;
  const { item, state, reason, signer, mismatch, voucher, notes = [] } = judgement;
  const tint = state === 'verified' ? style.good : style.bad;
  const others = like === 0 ? '' : `, and ${like} more like it`;
  const which = style.dim(`${clean(evidenceName(item))} (${clean(evidencePlace(item))})${others}`);
  const deeper = `${indent}  `;
  return [
    `${indent}- ${tint(state)}  ${style.type(clean(evidenceType(item), 160))}  ${which}`,
    `${deeper}${clean(reason)}`,
    ...(signer === undefined ? [] : [`${deeper}${style.dim('signed by')} ${clean(signerText(signer))}`]),
    ...mismatchLines(mismatch, deeper, style),
    ...notes.map((note) => style.dim(`${deeper}note: ${clean(note)}`)),
    ...(voucher === undefined ? [] : candidateLines(voucher, { indent: deeper, like: 0, style })),
  ];
}

function mismatchLines(mismatch: CandidateJudgement['mismatch'], indent: string, style: TextStyle): string[] {
  if (mismatch === undefined) return [];
  const rows = mismatch.rows.map(({ field, expected, found, matches }): TextCell[] => [
    matches ? { text: '✓', style: style.good } : { text: '✗', style: style.bad },
    { text: clean(field) },
    { text: clean(expected) },
    { text: clean(found), style: matches ? style.dim : style.bad },
  ]);
  const header = ['', '', 'expected', 'found'].map((text): TextCell => ({ text, style: style.dim }));
  return [
    ...(mismatch.explanation === undefined ? [] : [`${indent}${clean(mismatch.explanation)}`]),
    // a first cell that is empty everywhere else would lose its column
    ...alignColumns([header, ...rows]).map((line) => `${indent}${line}`),
    `${indent}${style.dim('to accept this signer, add to signed-by:')}`,
    ...mismatch.paste.split('\n').map((line) => `${indent}  ${style.good(clean(line))}`),
  ];
}

function gapLines(verdict: ImageVerdict, style: TextStyle): string[] {
  return gapsOf(verdict).flatMap(({ gap: { source, code, reason, hint }, columns }) => [
    `${style.warn('!')} could not look: ${sourceName(source)} of ${columns.map((name) => clean(name, MAX_NAME_BYTES)).join(', ')}: ${style.warn(code)}: ${clean(reason)}`,
    ...(hint === undefined ? [] : [`  hint: ${clean(hint)}`]),
  ]);
}

/** What was accepted for what, so that a reader sees on whose word an image goes through. */
function acceptedLines({ rules }: ImageVerdict, style: TextStyle): string[] {
  const rows = rules.flatMap((rule) =>
    groupAccepted(rule).flatMap((group) => group.cells[0].evidence.map((one) => acceptedRow(group, one, style))),
  );
  return rows.length === 0 ? [] : ['', style.dim('accepted'), ...alignColumns(rows)];
}

function acceptedRow({ rule, cells }: CellGroup, judgement: CandidateJudgement, style: TextStyle): TextCell[] {
  const { item, reason } = judgement;
  const signer = judgement.signer ?? judgement.voucher?.signer;
  const root = judgement.root ?? judgement.voucher?.root;
  const others = cells.length === 1 ? '' : ` +${cells.length - 1}`;
  return [
    { text: '✓', style: style.good },
    { text: clean(rule.name, MAX_NAME_BYTES) },
    { text: columnsText(cells), style: style.dim },
    { text: `${clean(evidenceName(item))}${others} (${clean(evidencePlace(item))})`, style: style.dim },
    { text: clean(signer === undefined ? reason : signerText(signer), 200) },
    { text: clean(root?.label ?? '', MAX_NAME_BYTES), style: style.dim },
    { text: smallestTime(judgement) ?? '', style: style.dim },
  ];
}

function rootLines({ used, checkedAt }: VerifyResult, style: TextStyle): string[] {
  return [...(used?.roots ?? [])].flatMap(([name, roots]) =>
    roots.map((root) => style.dim(`trust ${clean(name)}: ${clean(rootText(root))}, ${rootAge(root, checkedAt)}`)),
  );
}

function policyLines({ used }: VerifyResult, style: TextStyle): string[] {
  if (used === undefined) return [];
  const { policy, digest, ref } = used;
  const parts = [
    clean(policy.origin),
    ...(digest === undefined ? [] : [digest]),
    ...(ref === undefined ? [] : [`at ${clean(ref)}`]),
  ];
  return [style.dim(`policy ${parts.join(' ')}`)];
}

const VERDICT_MARKS: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', unknown: '?' };

function verdictLines(result: VerifyResult, style: TextStyle): string[] {
  const { verdict, mode, error, images } = result;
  const tint = stateStyle(verdict, style);
  const isShown = error === undefined || images.some((image) => image.error === error);
  return [
    `${tint(VERDICT_MARKS[verdict])} ${tint(clean(countVerdict(result)))}`,
    ...(isShown ? [] : renderErrorLines(error, style)),
    ...(mode === 'warn' && verdict !== 'pass'
      ? [style.warn(`! mode: warn: the verdict is ${verdict}, and this run succeeds all the same`)]
      : []),
  ];
}

function clean(text: string, maxBytes = MAX_TEXT_BYTES): string {
  return escapeTerminal(truncateBytes(text, maxBytes));
}
