import type { ListedImage, ListResult } from '../commands/list/result.ts';
import type { Referrer, ReferrersTree, SubjectNode } from '../referrers/types.ts';
import { renderErrorLines } from './error-text.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes } from './format-bytes.ts';
import { plural } from './plural.ts';
import { presenceText } from './presence-text.ts';
import {
  contentSizeOf,
  contentTextOf,
  inDisplayOrder,
  type LabelledNode,
  labelledChildren,
  labelledNodes,
  typeText,
} from './referrer-rows.ts';
import { shortDigest } from './short-digest.ts';
import { sourceName } from './source-names.ts';
import { plainStyle, type TextStyle } from './text-style.ts';
import { alignColumns, type TextCell } from './text-table.ts';
import { truncateBytes } from './truncate.ts';

/**
 * The result of a list command for a terminal: a tree an image, then one line that says how it went. After `maxRows`
 * referrers (default: all) each list says how many more it has.
 */
export function renderListText(
  result: ListResult,
  style: TextStyle = plainStyle,
  maxRows = Number.POSITIVE_INFINITY,
): string {
  const room = { rows: maxRows };
  const images = result.images.map((image) => renderImage(image, style, room).join('\n'));
  const downloads = result.downloads.map((file) => `${style.dim('wrote')} ${escapeTerminal(file.path)}`);
  const blocks = [...images, ...(downloads.length > 0 ? [downloads.join('\n')] : []), verdict(result, style)];
  return `${blocks.join('\n\n')}\n`;
}

/** Referrers that a text of so many rows leaves out. */
export function countHidden({ images }: ListResult, maxRows: number): number {
  const lists = images.flatMap(({ tree }) => (tree === undefined ? [] : labelledNodes(tree)));
  const rows = lists.reduce((sum, { node }) => sum + countRows(node.referrers), 0);
  return Math.max(0, rows - maxRows);
}

function countRows(referrers: readonly Referrer[]): number {
  return referrers.reduce((sum, referrer) => sum + 1 + countRows(referrer.referrers), 0);
}

/** Referrers that may still be shown. */
interface Room {
  rows: number;
}

function renderImage(image: ListedImage, style: TextStyle, room: Room): string[] {
  const title = style.heading(escapeTerminal(image.requested));
  if (image.tree === undefined) {
    return [title, ...renderErrorLines(image.error, style)];
  }
  const { tree } = image;
  return [title, ...alignColumns(treeRows(tree, style, room)), ...unreadLines(tree, style)];
}

/** A line for each subject and each referrer: branch and type, digest, size, sources, proof, content. */
function treeRows(tree: ReferrersTree, style: TextStyle, room: Room): TextCell[][] {
  const [root] = labelledNodes(tree);
  if (root === undefined) return [];
  const rows = [subjectRow('', root, style)];
  addBelow(rows, root.node, '', { repository: tree.repository, style, room });
  return rows;
}

/** What refers to a subject, then the subjects that it names, each with what is below it. */
function addBelow(rows: TextCell[][], node: SubjectNode, prefix: string, place: Place): void {
  const children = labelledChildren(node);
  addReferrers(rows, node.referrers, prefix, children.length === 0, place);
  for (const [i, child] of children.entries()) {
    const isLast = i === children.length - 1;
    rows.push(subjectRow(prefix + branch(isLast), child, place.style));
    addBelow(rows, child.node, prefix + trunk(isLast), place);
  }
}

interface Place {
  readonly repository: string;
  readonly style: TextStyle;
  readonly room: Room;
}

/** `isEnd`: nothing follows these on their level. */
function addReferrers(
  rows: TextCell[][],
  referrers: readonly Referrer[],
  prefix: string,
  isEnd: boolean,
  place: Place,
): void {
  const ordered = inDisplayOrder(referrers);
  for (const [i, referrer] of ordered.entries()) {
    if (place.room.rows <= 0) {
      const more = countRows(ordered.slice(i));
      rows.push([treeCell(prefix + branch(isEnd), `… ${more} more`, place.style.dim)]);
      return;
    }
    place.room.rows--;
    const isLast = isEnd && i === ordered.length - 1;
    rows.push(referrerRow(prefix + branch(isLast), referrer, place));
    addReferrers(rows, referrer.referrers, prefix + trunk(isLast), true, place);
  }
}

function branch(isLast: boolean): string {
  return isLast ? '└── ' : '├── ';
}

function trunk(isLast: boolean): string {
  return isLast ? '    ' : '│   ';
}

function subjectRow(prefix: string, { node, label }: LabelledNode, style: TextStyle): TextCell[] {
  const defect = presenceText(node);
  return [
    treeCell(prefix, label, defect === undefined ? style.heading : style.bad),
    { text: shortDigest(node.descriptor.digest), style: style.dim },
    ...(defect === undefined ? [] : [{ text: '' }, { text: defect, style: style.bad }]),
  ];
}

function referrerRow(prefix: string, referrer: Referrer, { repository, style }: Place): TextCell[] {
  const size = contentSizeOf(referrer);
  return [
    treeCell(prefix, typeText(referrer), referrer.selected ? style.type : style.dim),
    { text: shortDigest(referrer.descriptor.digest), style: style.dim },
    { text: size === undefined ? '' : formatBytes(size), align: 'right' },
    { text: referrer.sources.map((source) => sourceName(source, repository)).join(', '), style: style.dim },
    referrer.verified ? { text: '✓', style: style.good } : { text: '?', style: style.warn },
    { text: escapeTerminal(truncateBytes(contentTextOf(referrer), MAX_CONTENT_BYTES)) },
  ];
}

const MAX_CONTENT_BYTES = 160;

function treeCell(prefix: string, label: string, style: (text: string) => string): TextCell {
  const shown = escapeTerminal(truncateBytes(label, MAX_CONTENT_BYTES));
  return { text: prefix + shown, style: () => prefix + style(shown) };
}

function unreadLines(tree: ReferrersTree, style: TextStyle): string[] {
  return tree.unread.map(
    ({ source, subject, code, reason }) =>
      `${style.warn('!')} could not look: ${sourceName(source, tree.repository)} of ${shortDigest(subject)}: ${escapeTerminal(`${code}: ${reason}`)}`,
  );
}

/** How it went, and the error that it ends with where no image has shown it. */
function verdict(result: ListResult, style: TextStyle): string {
  const { error, images } = result;
  const shown = error === undefined || images.some((image) => image.error === error);
  return [verdictLine(result, style), ...(shown ? [] : renderErrorLines(error, style))].join('\n');
}

function verdictLine(result: ListResult, style: TextStyle): string {
  const unproved = result.images.some(({ tree }) => tree !== undefined && hasUnproved(tree));
  const mark = result.error !== undefined ? style.bad('✗') : result.complete ? style.good('✓') : style.warn('!');
  const asked = result.minCount > 0 ? `, at least ${result.minCount} asked for` : '';
  const sources = result.complete ? 'every source was read' : 'not every source could be read';
  const legend = unproved ? style.dim(' (?: not proved from its bytes)') : '';
  if (result.images.every(({ tree }) => tree === undefined)) return `${mark} nothing is known of the referrers`;
  return `${mark} ${plural(result.count, 'referrer')}${asked}; ${sources}${legend}`;
}

function hasUnproved(tree: ReferrersTree): boolean {
  const some = (referrers: readonly Referrer[]): boolean =>
    referrers.some((referrer) => !referrer.verified || some(referrer.referrers));
  return labelledNodes(tree).some(({ node }) => some(node.referrers));
}
