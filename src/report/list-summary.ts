import type { ListedImage, ListResult } from '../commands/list/result.ts';
import type { Economy } from '../net/types.ts';
import type { ReferrersTree, UnreadSource } from '../referrers/types.ts';
import { formatBytes } from './format-bytes.ts';
import { formatTime } from './format-time.ts';
import { BoundedPage, markdownCode, markdownName, markdownText, type TableRow } from './markdown.ts';
import { renderMermaidTree } from './mermaid-tree.ts';
import { plural } from './plural.ts';
import { presenceText } from './presence-text.ts';
import {
  contentSizeOf,
  contentTextOf,
  createdOf,
  labelledNodes,
  type ReferrerRow,
  selectedRows,
  selectedRowsOf,
  typeText,
} from './referrer-rows.ts';
import { shortDigest } from './short-digest.ts';
import { capabilityName, shortSourceName, sourceName } from './source-names.ts';
import { MAX_SUMMARY_BYTES, renderSummaryFooter, renderVerdict } from './summary-parts.ts';
import { byteLength } from './truncate.ts';

export interface SummaryOptions {
  readonly economy?: Economy | undefined;
  /** Default MAX_SUMMARY_BYTES. */
  readonly maxBytes?: number;
}

/** The job summary of a list command, in GitHub's Markdown: at most `maxBytes`, and it says what was left out. */
export function renderListSummary(result: ListResult, options: SummaryOptions = {}): string {
  const footer = renderSummaryFooter(result.warnings, options.economy);
  const page = new BoundedPage((options.maxBytes ?? MAX_SUMMARY_BYTES) - byteLength(footer) - OMITTED_BYTES);
  page.add(heading(result));
  page.add(renderVerdict(result.error, verdict(result), result.complete));
  let omitted = 0;
  const titled = result.images.length > 1;
  for (const image of result.images) {
    const isSaid = !titled && image.error !== undefined && image.error === result.error;
    if (!isSaid && !addImage(page, image, titled)) omitted++;
  }
  const more = omitted === 0 ? '' : `… and ${plural(omitted, 'more image')} that a summary has no room for.\n\n`;
  return `${page}\n${more}${footer}`;
}

const OMITTED_BYTES = 120;

function heading({ images }: ListResult): string {
  const [only] = images;
  return images.length === 1 && only !== undefined
    ? `## Referrers of ${markdownCode(only.requested)}`
    : `## Referrers of ${plural(images.length, 'image')}`;
}

function verdict(result: ListResult): string {
  if (result.images.every(({ tree }) => tree === undefined)) return 'Nothing is known of the referrers.';
  const found = `<b>${plural(result.count, 'referrer')}</b>`;
  const asked = result.minCount > 0 ? `, at least ${result.minCount} asked for` : '';
  const sources = result.complete ? 'every source was read' : 'but not every source could be read';
  const proofs = allProved(result) ? '' : ' ❓ marks what is not proved from its bytes.';
  const downloads = result.downloads.length > 0 ? `; ${plural(result.downloads.length, 'file')} downloaded` : '';
  return `${found}${asked}; ${sources}${downloads}.${proofs}`;
}

function allProved({ images }: ListResult): boolean {
  return images.every(
    ({ tree }) => tree === undefined || selectedRows(tree).every(({ referrer }) => referrer.verified),
  );
}

function addImage(page: BoundedPage, image: ListedImage, titled: boolean): boolean {
  const title = titled ? `### ${markdownCode(image.requested)}\n\n` : '';
  if (image.tree === undefined) {
    const { code, message } = image.error;
    return page.add(`${title}❌ <b>${code}</b>: ${markdownText(message, 1024)}`);
  }
  const { tree } = image;
  if (!page.add(`${title}${subjectLine(tree)}`)) return false;
  if (tree.unread.length > 0) page.add(unreadList(tree));
  const rows = tableRows(tree);
  const whole = rows.length === 0 || page.addTable(HEADER, rows);
  const graph = whole ? renderMermaidTree(tree) : undefined;
  if (graph !== undefined) page.add(graph);
  return true;
}

function subjectLine(tree: ReferrersTree): string {
  const [root, ...below] = labelledNodes(tree);
  const platforms = below.filter(({ node }) => node.isNestedIndex !== true);
  const parts = [
    markdownCode(tree.root.descriptor.digest),
    markdownText(below.length > 0 ? `index of ${plural(platforms.length, 'platform')}` : (root?.label ?? '')),
    capabilityName(tree.capability, tree.repository),
  ];
  return parts.join(' · ');
}

function unreadList(tree: ReferrersTree): string {
  const labels = new Map(labelledNodes(tree).map(({ node, label }) => [node.descriptor.digest, label]));
  const shown = tree.unread
    .slice(0, MAX_UNREAD)
    .map((unread) => `- ⚠️ ${unreadText(unread, labels.get(unread.subject), tree)}`);
  const more = tree.unread.length - shown.length;
  return [...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n');
}

const MAX_UNREAD = 20;

function unreadText(unread: UnreadSource, label: string | undefined, { repository }: ReferrersTree): string {
  const subject = markdownCode(label ?? shortDigest(unread.subject));
  return `could not look: ${sourceName(unread.source, repository)} of ${subject}: <b>${markdownText(unread.code)}</b> ${markdownText(unread.reason, 512)}`;
}

const HEADER = ['Refers to', 'Type', 'Content', 'Created', 'Digest', 'Seen in'];

/** A row for each referrer, and one for each platform that has none: what is missing where is what people look for. */
function tableRows(tree: ReferrersTree): TableRow[] {
  const unread = new Set(tree.unread.map(({ subject }) => subject));
  return labelledNodes(tree).flatMap((labelled) => {
    const rows = selectedRowsOf(labelled).map((row) => () => tableCells(row, tree));
    const { node, label } = labelled;
    const defect = presenceText(node);
    const broken =
      defect === undefined
        ? []
        : [
            emptyRow(
              label,
              `⚠️ ${node.isNestedIndex === true ? 'it' : 'platform'} ${node.missing ? 'is ' : ''}${defect}`,
            ),
          ];
    if (rows.length > 0 || node === tree.root) return [...broken, ...rows];
    const none = unread.has(node.descriptor.digest) ? '⚠️ could not look' : 'none found';
    return [...broken, ...(defect === undefined ? [emptyRow(label, none)] : [])];
  });
}

function emptyRow(label: string, text: string): string[] {
  return [markdownCode(label, 80), `<i>${text}</i>`, ...HEADER.slice(2).map(() => '')];
}

function tableCells({ referrer, path }: ReferrerRow, { repository }: ReferrersTree): string[] {
  const [subject = '', ...way] = path;
  const size = contentSizeOf(referrer);
  const content = markdownText(contentTextOf(referrer));
  return [
    [markdownCode(subject, 80), ...way.map((part) => markdownName(part, 80))].join(' › '),
    markdownName(typeText(referrer), 128),
    [content, size === undefined ? '' : unbroken(formatBytes(size))].filter(Boolean).join(', '),
    unbroken(markdownText(formatTime(createdOf(referrer) ?? ''), 40)),
    markdownCode(shortDigest(referrer.descriptor.digest)),
    `${referrer.verified ? '✅' : '❓'}&nbsp;${referrer.sources.map((source) => shortSourceName(source, repository)).join(', ')}`,
  ];
}

/** Keeps a date and a size on one line each. */
function unbroken(text: string): string {
  return text.replaceAll('-', '-&#8288;').replace(/ (?=[kMGT]?B$|UTC$)/, '&nbsp;');
}
