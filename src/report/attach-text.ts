import type { AttachedRow, AttachResult, AttachStatus } from '../commands/attach/result.ts';
import { renderErrorLines } from './error-text.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes } from './format-bytes.ts';
import { plural } from './plural.ts';
import { shortDigest } from './short-digest.ts';
import { sourceName } from './source-names.ts';
import { plainStyle, type TextStyle } from './text-style.ts';
import { alignColumns, type TextCell } from './text-table.ts';
import { truncateBytes } from './truncate.ts';

/** The result of an attach command for a terminal: a table an image, the errors, then one line that says how it went. */
export function renderAttachText(result: AttachResult, style: TextStyle = plainStyle): string {
  const repositories = [...new Set(result.rows.map((row) => row.repository))];
  const tables = repositories.map((repository) => {
    const rows = result.rows.filter((row) => row.repository === repository);
    return [style.heading(escapeTerminal(repository)), ...alignColumns(rows.map((row) => cells(row, style)))].join(
      '\n',
    );
  });
  const errors = result.rows.flatMap((row) => (row.error === undefined ? [] : [rowError(row, row.error, style)]));
  return `${[...tables, ...errors, verdictLine(result, style)].join('\n\n')}\n`;
}

const MARKS: Readonly<Record<AttachStatus, string>> = {
  attached: '✓',
  unchanged: '=',
  replaced: '↻',
  planned: '·',
  failed: '✗',
};

function cells(row: AttachedRow, style: TextStyle): TextCell[] {
  const tint = row.status === 'failed' ? style.bad : row.status === 'planned' ? style.dim : style.good;
  const replaces = row.replaces.map(shortDigest).join(', ');
  const replaced = replaces === '' ? '' : `${row.status === 'planned' ? 'would replace' : 'replaces'} ${replaces}`;
  return [
    { text: `${MARKS[row.status]} ${row.status}`, style: tint },
    { text: clip(row.platform ?? 'image'), style: style.heading },
    { text: clip(row.artifactType ?? ''), style: style.type },
    { text: row.digest === undefined ? '' : shortDigest(row.digest), style: style.dim },
    { text: sizeText(row), align: 'right' },
    { text: row.via === undefined ? '' : sourceName(row.via, row.repository), style: style.dim },
    { text: clip(row.predicateType ?? row.titles.join(', ')) },
    { text: replaced, style: style.dim },
  ];
}

/** Of what failed before its files were read no size is known. */
function sizeText({ status, size }: AttachedRow): string {
  return status === 'failed' && size === 0 ? '' : formatBytes(size);
}

function clip(text: string): string {
  return escapeTerminal(truncateBytes(text, 160));
}

function rowError(row: AttachedRow, error: NonNullable<AttachedRow['error']>, style: TextStyle): string {
  const place = [row.repository, row.platform].filter((part) => part !== undefined).join(' ');
  const [first = '', ...rest] = renderErrorLines(error, style);
  return [`${first} ${style.dim(`(${escapeTerminal(place)})`)}`, ...rest].join('\n');
}

function verdictLine({ rows, dryRun }: AttachResult, style: TextStyle): string {
  const count = (status: AttachStatus): number => rows.filter((row) => row.status === status).length;
  const failed = count('failed');
  const parts = (Object.keys(MARKS) as AttachStatus[]).flatMap((status) =>
    count(status) > 0 ? [`${count(status)} ${status}`] : [],
  );
  const mark = failed > 0 ? style.bad('✗') : style.good('✓');
  const dry = dryRun ? ' (dry run: nothing was written)' : '';
  return `${mark} ${plural(rows.length, 'artifact')}: ${parts.join(', ') || 'nothing to do'}${dry}`;
}
