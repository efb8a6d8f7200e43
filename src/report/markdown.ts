import { escapeHtml, escapeMarkdownCell } from './escape.ts';
import { byteLength, truncateBytes } from './truncate.ts';

const MAX_CELL_BYTES = 256;
const MAX_HINT_BYTES = 1024;

/** Untrusted text as running Markdown, cut where it is longer than a cell may be. */
export function markdownText(text: string, maxBytes = MAX_CELL_BYTES): string {
  return escapeMarkdownCell(truncateBytes(text, maxBytes));
}

/** A hint, which has inputs and commands between backticks: they in code font, all of it escaped. */
export function markdownHint(text: string, maxBytes = MAX_HINT_BYTES): string {
  return markdownText(text, maxBytes).replaceAll(/&#96;(.+?)&#96;/g, '<code>$1</code>');
}

/** Untrusted text in code font: GitHub looks for no mentions or issue numbers in it. Empty stays empty. */
export function markdownCode(text: string, maxBytes = MAX_CELL_BYTES): string {
  return text === '' ? '' : `<code>${markdownText(text, maxBytes)}</code>`;
}

/** markdownCode for a name in parts, `application/vnd...`: a narrow table may break it after each slash. */
export function markdownName(text: string, maxBytes = MAX_CELL_BYTES): string {
  return markdownCode(text, maxBytes).replaceAll(/\/(?!code>)/g, '/<wbr>');
}

/** Untrusted lines as they are, to be copied. Markdown reads nothing up to the closing tag (CommonMark 0.31 §4.6). */
export function markdownPre(lines: readonly string[]): string {
  return `<pre>${lines.map(escapeHtml).join('\n')}</pre>`;
}

/** A part that the reader may open. `body` is Markdown. */
export function markdownDetails(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Cells are Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map(tableRow).join('\n');
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export type TableRow = readonly string[] | (() => readonly string[]);

/** Blocks of Markdown, a blank line between them, that together stay within a number of bytes. */
export class BoundedPage {
  readonly #blocks: string[] = [];
  #left: number;

  constructor(maxBytes: number) {
    this.#left = maxBytes;
  }

  /** False, and nothing is added, where the block does not fit. */
  add(block: string): boolean {
    const bytes = byteLength(block) + BLANK_LINE;
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    this.#blocks.push(block);
    return true;
  }

  /**
   * Adds as many rows as fit and, where that is not all, a line that says how many more there are. A row is its cells, or
   * what makes them: those that do not fit are never made.
   */
  addTable(header: readonly string[], rows: readonly TableRow[]): boolean {
    const lines = [tableRow(header), tableRow(header.map(() => '---'))];
    let left = this.#left - byteLength(lines.join('\n')) - BLANK_LINE - MORE_ROWS_BYTES;
    let shown = 0;
    for (const row of rows) {
      const line = tableRow(typeof row === 'function' ? row() : row);
      left -= byteLength(line) + 1;
      if (left < 0) break;
      lines.push(line);
      shown++;
    }
    if (shown > 0 && !this.add(lines.join('\n'))) shown = 0;
    if (shown < rows.length) this.add(moreRows(rows.length - shown));
    return shown === rows.length;
  }

  toString(): string {
    return `${this.#blocks.join('\n\n')}\n`;
  }
}

const BLANK_LINE = 2;
const MORE_ROWS_BYTES = 120;

function moreRows(count: number): string {
  return `… and ${count} more ${count === 1 ? 'row' : 'rows'} that a summary has no room for.`;
}
