import type { RepairResult, RepairRow } from '../commands/repair/result.ts';
import type { RepairedEntry } from '../referrers/repair-types.ts';
import type { SummaryOptions } from './list-summary.ts';
import { BoundedPage, markdownCode, markdownHint, markdownName, markdownText } from './markdown.ts';
import { plural } from './plural.ts';
import { changedEntries, entryCounts, repairStatusText, repairTally } from './repair-words.ts';
import { shortDigest } from './short-digest.ts';
import { MAX_SUMMARY_BYTES, renderSummaryFooter } from './summary-parts.ts';
import { byteLength } from './truncate.ts';

const MAX_ERRORS = 50;

/** The job summary of a repair command, in GitHub's Markdown: at most `maxBytes`, and it says what was left out. */
export function renderRepairSummary(result: RepairResult, options: SummaryOptions = {}): string {
  const footer = renderSummaryFooter(result.warnings, options.economy);
  const page = new BoundedPage((options.maxBytes ?? MAX_SUMMARY_BYTES) - byteLength(footer));
  page.add(heading(result));
  const errors = result.errors;
  page.add(`${errors.length > 0 ? '❌' : '✅'} ${repairTally(result)}`);
  const lines = errors.map(
    ({ code, message, hint }) =>
      `- ❌ <b>${code}</b>: ${markdownText(message, 1024)}${hint === undefined ? '' : ` <i>${markdownHint(hint)}</i>`}`,
  );
  if (lines.length > 0) page.add(lines.slice(0, MAX_ERRORS).join('\n'));
  const isOneImage = new Set(result.rows.map(({ requested }) => requested)).size === 1;
  if (result.rows.length > 0) page.addTable(['List of', 'Platform', 'Status', 'Entries'], result.rows.map(listCells));
  const changes = result.rows.flatMap((row) => {
    const list = isOneImage ? platformCell(row) : subjectCell(row);
    return changedEntries(row.entries).map((entry) => entryCells(entry, list));
  });
  if (changes.length > 0) page.addTable(['Change', 'Entry', 'Type', 'List of', 'Why'], changes);
  return `${page}\n${footer}`;
}

function heading({ rows, dryRun }: RepairResult): string {
  const repositories = new Set(rows.map(({ repository }) => repository));
  const [only] = repositories;
  const where =
    repositories.size === 1 && only !== undefined
      ? markdownCode(only)
      : plural(repositories.size, 'repository', 'repositories');
  return `## ${dryRun ? 'Dry run: repair of referrers in' : 'Repair of referrers in'} ${where}`;
}

const STATUS_MARKS: Readonly<Record<RepairRow['status'], string>> = {
  sound: '☑️',
  repaired: '✅',
  planned: '📝',
  api: '☑️',
  failed: '❌',
};

const CHANGE_MARKS: Readonly<Record<RepairedEntry['change'], string>> = {
  kept: '☑️',
  added: '➕',
  corrected: '✏️',
  removed: '➖',
  unread: '❔',
};

function listCells(row: RepairRow): string[] {
  const status = `${STATUS_MARKS[row.status]} ${repairStatusText(row)}`;
  return [subjectCell(row), platformCell(row), status, entryCounts(row)];
}

function entryCells({ change, digest, artifactType, why }: RepairedEntry, list: string): string[] {
  return [
    `${CHANGE_MARKS[change]}&nbsp;${change}`,
    markdownCode(shortDigest(digest)),
    markdownName(artifactType ?? '', 128),
    list,
    markdownText(why, 512),
  ];
}

function subjectCell({ requested, repository, subject }: RepairRow): string {
  return markdownName(subject === undefined ? requested : `${repository}@${shortDigest(subject)}`, 512);
}

function platformCell({ platform }: RepairRow): string {
  return platform === undefined ? 'image' : markdownCode(platform, 80);
}
