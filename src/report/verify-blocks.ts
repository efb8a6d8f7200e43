import type { EvidenceGap } from '../policy/evidence-item.ts';
import type { CandidateJudgement, CellState, ImageVerdict, RuleVerdict, Verdict } from '../policy/verdict.ts';
import {
  evidenceName,
  evidencePlace,
  evidenceType,
  explanationOf,
  issuerText,
  pastePlace,
  signerText,
  smallestTime,
} from './evidence-text.ts';
import { gapLead } from './gap-words.ts';
import {
  markdownCode,
  markdownDetails,
  markdownHint,
  markdownName,
  markdownPre,
  markdownTable,
  markdownText,
} from './markdown.ts';
import { nextStep } from './next-step.ts';
import { sourceName } from './source-names.ts';
import { type CellGroup, candidatesOf, gapsOf, groupAccepted, groupUnmet } from './unmet-cells.ts';
import { CELL_WORDS } from './verify-words.ts';
import { wantedText } from './wanted-text.ts';

/** Blocks of Markdown about one image, for the job summary and the comment. */

const MAX_CANDIDATES = 6;
const MAX_GAPS = 20;
const MAX_NAMES = 4;
const MAX_REASON_BYTES = 512;
const MAX_NAME_BYTES = 120;

export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = { pass: '✅', fail: '❌', unknown: '❓' };
const CELL_ICONS: Readonly<Record<CellState, string>> = {
  pass: '✅',
  fail: '❌',
  unknown: '❓',
  waived: '🟡',
  skipped: '⏭️',
  'not-applicable': '·',
};

/** With more columns than these a summary's table has to be scrolled sideways. */
const MAX_ACROSS = 6;

/** The matrix: a row for each rule, a column for the index and for each platform; of many platforms the other way round. */
export function matrixTable(verdict: ImageVerdict): { header: string[]; rows: string[][] } {
  const { rules, columns } = verdict;
  const upright = uprightTable(verdict);
  if (columns.length <= MAX_ACROSS || columns.length <= rules.length) return upright;
  const [, ...names] = upright.header;
  const ruleNames = upright.rows.map(([name = '']) => name);
  return {
    header: ['Platform', ...ruleNames],
    rows: names.map((name, i) => [name, ...upright.rows.map((row) => row[i + 1] ?? '')]),
  };
}

function uprightTable({ rules, columns }: ImageVerdict): { header: string[]; rows: string[][] } {
  const header = ['Rule', ...columns.map(({ name }) => markdownName(name, MAX_NAME_BYTES))];
  const rows = rules.map(({ rule, cells }) => [
    markdownText(rule.name, MAX_NAME_BYTES),
    ...columns.map(({ name }) => CELL_ICONS[cells.find(({ column }) => column === name)?.state ?? 'not-applicable']),
  ]);
  return { header, rows };
}

/** What the signs mean, of those that are there. */
export function matrixLegend({ rules }: ImageVerdict): string {
  const states = new Set(rules.flatMap(({ cells }) => cells.map(({ state }) => state)));
  const shown = (Object.keys(CELL_ICONS) as CellState[]).filter((state) => states.has(state));
  return `<sub>${shown.map((state) => `${CELL_ICONS[state]} ${CELL_WORDS[state]}`).join(' &ensp; ')}</sub>`;
}

/** For each unmet rule: where, why, and what there was instead. */
export function unmetBlocks({ rules, image }: ImageVerdict): string[] {
  return rules.flatMap((rule) => groupUnmet(rule).map((group) => unmetBlock(group, image.repository)));
}

function unmetBlock(group: CellGroup, repository: string): string {
  const { rule, cells } = group;
  const [cell] = cells;
  const where = cells.map(({ column }) => markdownCode(column, MAX_NAME_BYTES)).join(', ');
  const line = rule.at.line === undefined ? '' : ` <sub>${markdownText(rule.at.file)}, line ${rule.at.line}</sub>`;
  const candidates = candidatesOf(group);
  const step = nextStep(cell);
  const hidden = candidates.length - MAX_CANDIDATES;
  return [
    `#### ${CELL_ICONS[cell.state]} ${markdownText(rule.name, MAX_NAME_BYTES)}: ${CELL_WORDS[cell.state]} on ${where}`,
    `${sentence(cell.reason)}${line}<br>Asked for: ${markdownText(wantedText(rule), MAX_REASON_BYTES)}.`,
    ...candidates.slice(0, MAX_CANDIDATES).map(({ judgement, like }) => candidateBlock(judgement, like, repository)),
    ...(hidden > 0 ? [`… and ${hidden} more candidates in the report.`] : []),
    ...(step === undefined ? [] : [`💡 ${markdownHint(step)}`]),
  ].join('\n\n');
}

/** `like`: how many documents of other columns fare alike. */
function candidateBlock(judgement: CandidateJudgement, like: number, repository: string): string {
  const { item, state, reason, signer, mismatch, voucher, notes = [] } = judgement;
  const isTold = signer === undefined || mismatch?.explanation !== undefined;
  const by = isTold ? '' : `<br>Signed by ${signerMarkdown(judgement)}`;
  const vouched =
    voucher === undefined
      ? ''
      : `<br>Its signature: <b>${voucher.state}</b>, ${markdownText(voucher.reason, MAX_REASON_BYTES)}`;
  const noted = notes.map((note) => `<br>Note: ${markdownText(note, MAX_REASON_BYTES)}`).join('');
  const others = like === 0 ? '' : `, and ${like} more like it`;
  const head = `${markdownName(evidenceType(item), MAX_NAME_BYTES)} ${markdownCode(evidenceName(item), MAX_NAME_BYTES)} (${markdownText(evidencePlace(item, repository), MAX_NAME_BYTES)})${others}`;
  const line = `- <b>${state}</b> ${head}<br>${sentence(reason)}${by}${vouched}${noted}`;
  return mismatch === undefined
    ? line
    : [line, indented(mismatchBlock(mismatch, explanationOf(judgement)))].join('\n\n');
}

/** Within the list's item. */
function indented(block: string): string {
  return block.replaceAll(/^(?=.)/gm, '  ');
}

function mismatchBlock(
  { rows, paste }: NonNullable<CandidateJudgement['mismatch']>,
  explanation: string | undefined,
): string {
  const table = markdownTable(
    ['', 'Field', 'Expected', 'Found'],
    rows.map(({ field, expected, found, matches }) => [
      matches ? '✅' : '❌',
      markdownText(field, MAX_NAME_BYTES),
      markdownName(expected, MAX_REASON_BYTES),
      markdownName(found, MAX_REASON_BYTES),
    ]),
  );
  return [
    ...(explanation === undefined ? [] : [`👉 ${sentence(explanation)}`]),
    table,
    pastePlace(paste) === 'signed-by'
      ? 'To accept this signer, add to <code>signed-by</code>:'
      : 'To accept this signer, write in the inputs:',
    markdownPre(paste.split('\n')),
  ].join('\n\n');
}

/** What could not be looked at, each place once; undefined where everything that matters was. */
export function gapBlock(verdict: ImageVerdict): string | undefined {
  const gaps = gapsOf(verdict);
  if (gaps.length === 0) return undefined;
  const hidden = gaps.length - MAX_GAPS;
  const lines = gaps.slice(0, MAX_GAPS).map(({ gap, columns }) => gapLine(gap, columns, verdict.image.repository));
  return [gapTitle(gaps.map(({ gap }) => gap)), '', ...lines, ...(hidden > 0 ? [`- … and ${hidden} more`] : [])].join(
    '\n',
  );
}

function gapTitle(gaps: readonly EvidenceGap[]): string {
  const undecided = gaps.filter((gap) => gapLead(gap) === 'not decided').length;
  if (undecided === 0) return 'What could not be looked at:';
  return undecided === gaps.length ? 'What was not decided:' : 'What could not be looked at, or was not decided:';
}

function gapLine(gap: EvidenceGap, columns: readonly string[], repository: string): string {
  const { source, code, reason, hint } = gap;
  const where = columns.map((column) => markdownCode(column, MAX_NAME_BYTES)).join(', ');
  const what = `- ⚠️ ${sourceName(source, repository)} of ${where}: <b>${markdownText(code)}</b> ${markdownText(reason, MAX_REASON_BYTES)}`;
  return hint === undefined ? what : `${what}<br>💡 ${markdownHint(hint)}`;
}

/** Whatever must be said, pass or not: waivers, platforms left out, what was not checked. */
export function noticeBlock(notices: ImageVerdict['notices']): string | undefined {
  if (notices.length === 0) return undefined;
  return notices
    .map(({ code, message }) => `- 🔔 <b>${code}</b> ${markdownText(message, MAX_REASON_BYTES)}`)
    .join('\n');
}

/** On whose word rules are met, folded; undefined where none is. */
export function acceptedBlock({ rules, image }: ImageVerdict, maxRows = 200): string | undefined {
  const rows = rules.flatMap((rule) => acceptedRows(rule, image.repository));
  if (rows.length === 0) return undefined;
  const header = ['Rule', 'On', 'Evidence', 'Signed by', 'Root', 'Time'];
  const hidden = rows.length - maxRows;
  const more = hidden > 0 ? `\n\n… and ${hidden} more in the report.` : '';
  return markdownDetails('What was accepted, and on whose word', markdownTable(header, rows.slice(0, maxRows)) + more);
}

function acceptedRows(verdict: RuleVerdict, repository: string): string[][] {
  return groupAccepted(verdict).flatMap(({ rule, cells }) =>
    cells[0].evidence.map((judgement, i) => [
      markdownText(rule.name, MAX_NAME_BYTES),
      cells.map(({ column }) => markdownCode(column, MAX_NAME_BYTES)).join(' '),
      `${evidenceNames(cells.flatMap(({ evidence }) => evidence[i] ?? []))} ${markdownText(evidencePlace(judgement.item, repository), MAX_NAME_BYTES)}`,
      signerMarkdown(judgement),
      markdownText((judgement.root ?? judgement.voucher?.root)?.label ?? '', MAX_NAME_BYTES),
      unbroken(markdownText(smallestTime(judgement) ?? '', 80)),
    ]),
  );
}

function evidenceNames(judgements: readonly CandidateJudgement[]): string {
  const names = [...new Set(judgements.map(({ item }) => evidenceName(item)))];
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return `${names
    .slice(0, MAX_NAMES)
    .map((name) => markdownCode(name, MAX_NAME_BYTES))
    .join(' ')}${more}`;
}

function signerMarkdown(judgement: CandidateJudgement): string {
  const signer = judgement.signer ?? judgement.voucher?.signer;
  if (signer === undefined) return `<i>${judgement.state === 'unsigned' ? 'unsigned' : 'nobody'}</i>`;
  const issuer = issuerText(signer);
  const by = markdownName(shortIdentity(signerText(signer)), MAX_REASON_BYTES);
  return issuer === undefined ? by : `${by} <sub>${markdownText(shortIdentity(issuer), MAX_NAME_BYTES)}</sub>`;
}

/** The scheme says nothing to people; any other scheme than https is left to be seen. */
function shortIdentity(text: string): string {
  return text.startsWith('https://') ? text.slice('https://'.length) : text;
}

/** Our own sentences begin with a capital and end with a stop; text of others is left as it is within. */
function sentence(text: string): string {
  const shown = markdownText(text, MAX_REASON_BYTES);
  return `${shown.charAt(0).toUpperCase()}${shown.slice(1)}${/[.!?…]$/.test(shown) ? '' : '.'}`;
}

function unbroken(text: string): string {
  return text.replaceAll('-', '-&#8288;').replaceAll(' ', '&nbsp;');
}
