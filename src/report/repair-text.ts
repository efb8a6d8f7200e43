import type { RepairResult, RepairRow } from '../commands/repair/result.ts';
import { renderErrorLines } from './error-text.ts';
import { escapeTerminal } from './escape.ts';
import { changedEntries, repairStatusText, repairTally } from './repair-words.ts';
import { shortDigest } from './short-digest.ts';
import { plainStyle, type TextStyle } from './text-style.ts';
import { alignColumns, type TextCell } from './text-table.ts';
import { truncateBytes } from './truncate.ts';

/** The result of a repair command for a terminal: a block a list, the errors, then one line that says how it went. */
export function renderRepairText(result: RepairResult, style: TextStyle = plainStyle): string {
  const blocks = result.rows.map((row) => listBlock(row, style));
  const errors = result.errors.map((error) => renderErrorLines(error, style).join('\n'));
  const mark = errors.length > 0 ? style.bad('✗') : style.good('✓');
  const dry = result.dryRun ? ' (dry run: nothing was written)' : '';
  return `${[...blocks, ...errors, `${mark} ${repairTally(result)}${dry}`].join('\n\n')}\n`;
}

function listBlock(row: RepairRow, style: TextStyle): string {
  const name = row.subject === undefined ? row.requested : `${row.repository}@${row.subject}`;
  const place = row.platform === undefined ? name : `${name} (${row.platform})`;
  const tint = row.status === 'failed' ? style.bad : row.status === 'repaired' ? style.good : style.dim;
  const heading = `${style.heading(clip(place, 512))}: ${tint(repairStatusText(row))}`;
  const cells = changedEntries(row.entries).map((entry): TextCell[] => [
    { text: `${MARKS[entry.change]} ${entry.change}` },
    { text: clip(entry.artifactType ?? ''), style: style.type },
    { text: shortDigest(entry.digest), style: style.dim },
    { text: clip(entry.why) },
  ]);
  return [heading, ...alignColumns(cells).map((line) => `  ${line}`)].join('\n');
}

const MARKS = { kept: '=', added: '+', corrected: '~', removed: '-', unread: '?' } as const;

function clip(text: string, maxBytes = 200): string {
  return escapeTerminal(truncateBytes(text, maxBytes));
}
