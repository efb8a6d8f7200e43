import type { VerifiedImage, VerifyResult } from '../commands/verify/result.ts';
import type { CandidateJudgement, CellState, ImageVerdict, RuleVerdict, Verdict } from '../policy/verdict.ts';
import { CELL_MARKS, cellStyle } from './cell-style.ts';
import { cleanText, MAX_NAME_BYTES } from './clean-text.ts';
import { renderErrorLines } from './error-text.ts';
import { evidenceName, evidencePlace, rootAge, rootText, signerText, smallestTime } from './evidence-text.ts';
import { gapLead } from './gap-words.ts';
import { plural } from './plural.ts';
import { sourceName } from './source-names.ts';
import { plainStyle, type TextStyle } from './text-style.ts';
import { alignColumns, type TextCell, tableWidth } from './text-table.ts';
import { type CellGroup, candidatesOf, gapsOf, groupAccepted, groupUnmet, noticesBesideGaps } from './unmet-cells.ts';
import { columnsText, unmetLines } from './unmet-text.ts';
import { CELL_WORDS, countVerdict } from './verify-words.ts';

/** With more images than these, those that pass are not shown whole. */
const MAX_WHOLE = 4;

/** The result of a verify command for a terminal: for each image its matrix, what is unmet and why, what was accepted. */
export function renderVerifyText(result: VerifyResult, style: TextStyle = plainStyle): string {
  const isMany = result.images.length > MAX_WHOLE;
  const passing = result.images.filter(({ verdict }) => isMany && verdict?.verdict === 'pass');
  const whole = result.images.filter((image) => !passing.includes(image));
  const blocks = [
    passing.flatMap((image) => renderPassing(image, style)).join('\n'),
    ...whole.map((image) => renderImage(image, style).join('\n')),
    [...rootLines(result, style), ...policyLines(result, style)].join('\n'),
    downloadLines(result, style).join('\n'),
    verdictLines(result, style).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function renderImage(image: VerifiedImage, style: TextStyle): string[] {
  const title = style.heading(cleanText(image.requested));
  if (image.verdict === undefined) return [title, ...renderErrorLines(image.error, style)];
  const { verdict } = image;
  return [
    `${title}  ${style.dim(verdict.image.digest)}`,
    ...matrixLines(verdict, style),
    ...noticeLines(verdict, style),
    ...gapLines(verdict, style),
    ...verdict.rules.flatMap((rule) =>
      groupUnmet(rule).flatMap((group) => ['', ...unmetLines(group, verdict.image.repository, style)]),
    ),
    ...acceptedLines(verdict, style),
  ];
}

function noticeLines(verdict: ImageVerdict, style: TextStyle): string[] {
  return noticesBesideGaps(verdict).map(
    ({ code, message }) => `${style.warn('!')} ${style.warn(code)}: ${cleanText(message)}`,
  );
}

/** Of many images one that passes takes a line, and what must be said of it all the same. */
function renderPassing(image: VerifiedImage, style: TextStyle): string[] {
  if (image.verdict === undefined) return [];
  const { verdict } = image;
  const met = verdict.rules.flatMap(({ cells }) => cells).filter(({ state }) => state === 'pass').length;
  return [
    `${style.good('✓')} ${cleanText(image.requested)}  ${style.dim(`${verdict.image.digest}  ${met} met`)}`,
    ...noticeLines(verdict, style).map((line) => `  ${line}`),
  ];
}

/** A wider matrix is broken by most terminals. */
const MAX_MATRIX_WIDTH = 100;

function matrixLines(verdict: ImageVerdict, style: TextStyle): string[] {
  const rows = matrixRows(verdict, style);
  return tableWidth(rows) <= MAX_MATRIX_WIDTH
    ? alignColumns(rows)
    : verdict.rules.flatMap((rule) => ruleLines(rule, style));
}

/** The row of a rule that is too long for one line: the columns of each state. */
function ruleLines({ rule, cells }: RuleVerdict, style: TextStyle): string[] {
  const states = [...new Set(cells.map(({ state }) => state))].filter((state) => state !== 'not-applicable');
  const rows = states.map((state): TextCell[] => [
    { text: `  ${CELL_MARKS[state]} ${CELL_WORDS[state]}`, style: cellStyle(state, style) },
    { text: columnsText(cells.filter((cell) => cell.state === state)) },
  ]);
  return [style.heading(cleanText(rule.name, MAX_NAME_BYTES)), ...alignColumns(rows)];
}

function matrixRows({ rules, columns }: ImageVerdict, style: TextStyle): TextCell[][] {
  const header = [
    { text: '' },
    ...columns.map(({ name }) => ({ text: cleanText(name, MAX_NAME_BYTES), style: style.dim })),
  ];
  const rows = rules.map(({ rule, cells }): TextCell[] => [
    { text: cleanText(rule.name, MAX_NAME_BYTES), style: style.heading },
    ...columns.map(({ name }) => stateCell(cells.find(({ column }) => column === name)?.state, style)),
  ]);
  return [header, ...rows];
}

function stateCell(state: CellState = 'not-applicable', style: TextStyle): TextCell {
  const isQuiet = state === 'not-applicable';
  return {
    text: isQuiet ? CELL_MARKS[state] : `${CELL_MARKS[state]} ${CELL_WORDS[state]}`,
    style: cellStyle(state, style),
  };
}

function gapLines(verdict: ImageVerdict, style: TextStyle): string[] {
  return gapsOf(verdict).flatMap(({ gap, gap: { source, code, reason, hint }, columns }) => [
    `${style.warn('!')} ${gapLead(gap)}: ${sourceName(source, verdict.image.repository)} of ${columns.map((name) => cleanText(name, MAX_NAME_BYTES)).join(', ')}: ${style.warn(code)}: ${cleanText(reason)}`,
    ...(hint === undefined ? [] : [`  hint: ${cleanText(hint)}`]),
  ]);
}

/** What was accepted for what, so that a reader sees on whose word an image goes through. */
function acceptedLines({ rules, image }: ImageVerdict, style: TextStyle): string[] {
  const rows = rules.flatMap((rule) =>
    groupAccepted(rule).flatMap((group) =>
      candidatesOf(group)
        .slice(0, group.cells[0].evidence.length)
        .map((candidate) => acceptedRow(group, candidate, image.repository, style)),
    ),
  );
  return rows.length === 0 ? [] : ['', style.dim('accepted'), ...alignColumns(rows)];
}

function acceptedRow(
  { rule, cells }: CellGroup,
  { judgement, like }: { readonly judgement: CandidateJudgement; readonly like: number },
  repository: string,
  style: TextStyle,
): TextCell[] {
  const { item, reason } = judgement;
  const signer = judgement.signer ?? judgement.voucher?.signer;
  const root = judgement.root ?? judgement.voucher?.root;
  const others = like === 0 ? '' : ` +${like}`;
  return [
    { text: '✓', style: style.good },
    { text: cleanText(rule.name, MAX_NAME_BYTES) },
    { text: columnsText(cells), style: style.dim },
    {
      text: `${cleanText(evidenceName(item))}${others} (${cleanText(evidencePlace(item, repository))})`,
      style: style.dim,
    },
    { text: cleanText(signer === undefined ? reason : signerText(signer), 200) },
    { text: cleanText(root?.label ?? '', MAX_NAME_BYTES), style: style.dim },
    { text: smallestTime(judgement) ?? '', style: style.dim },
  ];
}

function rootLines({ used, checkedAt }: VerifyResult, style: TextStyle): string[] {
  return [...(used?.roots ?? [])].flatMap(([name, roots]) =>
    roots.map((root) =>
      style.dim(`trust ${cleanText(name)}: ${cleanText(rootText(root))}, ${rootAge(root, checkedAt)}`),
    ),
  );
}

/** Where what was let through lies, and what keeps it from being all. */
function downloadLines({ download }: VerifyResult, style: TextStyle): string[] {
  if (download === undefined) return [];
  const { index, documents, error } = download;
  const written =
    index === undefined
      ? []
      : [`${style.dim('wrote')} ${cleanText(index)} ${style.dim(`(${plural(documents.length, 'document')})`)}`];
  return [...written, ...(error === undefined ? [] : renderErrorLines(error, style))];
}

function policyLines({ used }: VerifyResult, style: TextStyle): string[] {
  if (used === undefined) return [];
  const { policy, digest, ref } = used;
  const parts = [
    // of the short form, which has no file
    digest === undefined && policy.origin === 'inputs' ? 'as given in the inputs' : cleanText(policy.origin),
    ...(digest === undefined ? [] : [digest]),
    ...(ref === undefined ? [] : [`at ${cleanText(ref)}`]),
  ];
  return [style.dim(`policy ${parts.join(' ')}`)];
}

const VERDICT_MARKS: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', unknown: '?' };

function verdictLines(result: VerifyResult, style: TextStyle): string[] {
  const { verdict, mode, error, images } = result;
  const tint = cellStyle(verdict, style);
  const isShown = error === undefined || images.some((image) => image.error === error);
  return [
    `${tint(VERDICT_MARKS[verdict])} ${tint(cleanText(countVerdict(result)))}`,
    ...(isShown ? [] : renderErrorLines(error, style)),
    ...(mode === 'warn' && verdict !== 'pass'
      ? [style.warn(`! mode: warn: the verdict is ${verdict}, and this run succeeds all the same`)]
      : []),
  ];
}
