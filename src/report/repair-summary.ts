import type { RepairResult, RepairRow } from '../commands/repair/result.ts';
import type { SummaryOptions } from './list-summary.ts';
import { BoundedPage, markdownCode, markdownName, markdownText } from './markdown.ts';
import { changedEntries, REPAIR_STATUS_TEXT, repairTally } from './repair-words.ts';
import { shortDigest } from './short-digest.ts';
import { MAX_SUMMARY_BYTES, renderSummaryFooter } from './summary-parts.ts';
import { byteLength } from './truncate.ts';

const MAX_ERRORS = 50;

/** The job summary of a repair command, in GitHub's Markdown: at most `maxBytes`, and it says what was left out. */
export function renderRepairSummary(result: RepairResult, options: SummaryOptions = {}): string {
  const footer = renderSummaryFooter(result.warnings, options.economy);
  const page = new BoundedPage((options.maxBytes ?? MAX_SUMMARY_BYTES) - byteLength(footer));
  page.add(`## ${result.dryRun ? 'Dry run: how lists of referrers would be repaired' : 'Lists of referrers repaired'}`);
  const errors = result.errors;
  page.add(`${errors.length > 0 ? '❌' : '✅'} ${repairTally(result)}`);
  const lines = errors.map(
    ({ code, message, hint }) =>
      `- ❌ <b>${code}</b>: ${markdownText(message, 1024)}${hint === undefined ? '' : ` <i>${markdownText(hint, 1024)}</i>`}`,
  );
  if (lines.length > 0) page.add(lines.slice(0, MAX_ERRORS).join('\n'));
  if (result.rows.length > 0) page.addTable(['List of', 'Platform', 'What', 'Entries'], result.rows.map(listCells));
  const changes = result.rows.flatMap((row) => changedEntries(row.entries));
  if (changes.length > 0) {
    page.addTable(
      ['Entry', 'Type', 'Change', 'Why'],
      changes.map(({ digest, artifactType, change, why }) => [
        markdownCode(shortDigest(digest)),
        markdownName(artifactType ?? '', 128),
        change,
        markdownText(why, 512),
      ]),
    );
  }
  return `${page}\n${footer}`;
}

function listCells({ repository, requested, subject, platform, status, entries }: RepairRow): string[] {
  return [
    markdownName(subject === undefined ? requested : `${repository}@${shortDigest(subject)}`, 512),
    platform === undefined ? 'image' : markdownCode(platform, 80),
    REPAIR_STATUS_TEXT[status],
    String(entries.filter(({ change }) => change !== 'removed').length),
  ];
}
