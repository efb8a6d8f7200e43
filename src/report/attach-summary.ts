import type { AttachedRow, AttachResult, AttachStatus } from '../commands/attach/result.ts';
import { formatBytes } from './format-bytes.ts';
import type { SummaryOptions } from './list-summary.ts';
import {
  BoundedPage,
  markdownCode,
  markdownDetails,
  markdownHint,
  markdownName,
  markdownPre,
  markdownText,
} from './markdown.ts';
import { renderMermaidAttach } from './mermaid-attach.ts';
import { plural } from './plural.ts';
import { shortDigest } from './short-digest.ts';
import { shortSourceName } from './source-names.ts';
import { MAX_SUMMARY_BYTES, renderSummaryFooter } from './summary-parts.ts';
import { byteLength } from './truncate.ts';

/** The job summary of an attach command, in GitHub's Markdown: at most `maxBytes`, and it says what was left out. */
export function renderAttachSummary(result: AttachResult, options: SummaryOptions = {}): string {
  const footer = renderSummaryFooter(result.warnings, options.economy);
  const page = new BoundedPage((options.maxBytes ?? MAX_SUMMARY_BYTES) - byteLength(footer));
  page.add(heading(result));
  page.add(verdict(result));
  const single = new Set(result.rows.map((row) => row.repository)).size === 1;
  const rows = failedFirst(result.rows).map((row) => [
    ...(single ? [] : [markdownName(row.repository)]),
    ...tableCells(row),
  ]);
  if (rows.length > 0) page.addTable(single ? HEADER : ['Image', ...HEADER], rows);
  const failures = result.rows.flatMap(failureLine);
  if (failures.length > 0) page.add(failures.slice(0, MAX_FAILURES).join('\n'));
  for (const graph of renderMermaidAttach(result)) page.add(graph);
  const references = result.rows.flatMap(referenceOf);
  if (references.length > 0) page.add(markdownDetails('References', markdownPre(references)));
  return `${page}\n${footer}`;
}

const MAX_FAILURES = 50;

function heading(result: AttachResult): string {
  const repositories = new Set(result.rows.map((row) => row.repository));
  const [only] = repositories;
  const target =
    repositories.size === 1 && only !== undefined
      ? markdownCode(only)
      : plural(repositories.size, 'repository', 'repositories');
  return `## ${result.dryRun ? 'Dry run: what would be attached to' : 'Attached to'} ${target}`;
}

const STATUS_MARKS: Readonly<Record<AttachStatus, string>> = {
  attached: '✅',
  unchanged: '☑️',
  replaced: '♻️',
  planned: '📝',
  failed: '❌',
};

function verdict({ rows }: AttachResult): string {
  const counts = (Object.keys(STATUS_MARKS) as AttachStatus[])
    .map((status) => ({ status, count: rows.filter((row) => row.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${STATUS_MARKS[status]} <b>${count}</b> ${status}`);
  return counts.length === 0 ? 'Nothing was to be attached.' : `${counts.join(' · ')}`;
}

/** Where rows are cut, what went wrong is still shown. */
function failedFirst(rows: readonly AttachedRow[]): AttachedRow[] {
  return [...rows.filter((row) => row.status === 'failed'), ...rows.filter((row) => row.status !== 'failed')];
}

const HEADER = ['Status', 'Platform', 'Type', 'Files', 'Digest', 'Found by'];

function tableCells(row: AttachedRow): string[] {
  const files =
    row.predicateType === undefined
      ? row.titles.map((title) => markdownText(title, 128)).join(', ')
      : `signed ${markdownText(row.predicateType, 128)}`;
  return [
    `${STATUS_MARKS[row.status]}&nbsp;${row.status}`,
    row.platform === undefined ? 'image' : markdownCode(row.platform, 80),
    markdownName(row.artifactType ?? '', 128),
    [files, row.status === 'failed' && row.size === 0 ? '' : formatBytes(row.size).replace(' ', '&nbsp;')]
      .filter(Boolean)
      .join(', '),
    markdownCode(row.digest === undefined ? '' : shortDigest(row.digest)),
    row.via === undefined ? '' : shortSourceName(row.via, row.repository),
  ];
}

/** Whole references, to be copied. */
function referenceOf(row: AttachedRow): string[] {
  const onRegistry = row.status !== 'failed' && row.status !== 'planned';
  return onRegistry && row.digest !== undefined ? [`${row.repository}@${row.digest}`] : [];
}

function failureLine(row: AttachedRow): string[] {
  const { error } = row;
  if (error === undefined) return [];
  const hint = error.hint === undefined ? '' : ` <i>${markdownHint(error.hint)}</i>`;
  const place = markdownCode([row.repository, row.platform].filter((part) => part !== undefined).join(' '));
  return [`- ❌ ${place}: <b>${error.code}</b>: ${markdownText(error.message, 1024)}${hint}`];
}
