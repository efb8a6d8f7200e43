/** A cell of a text table: what is shown, and how many columns it takes where that is not its length (colours). */
export interface TextCell {
  /** Escaped, without colours. */
  readonly text: string;
  readonly style?: (text: string) => string;
  readonly align?: 'right';
}

const GAP = '  ';
/** The first combining mark, U+0300: what comes before it takes one column, and needs no look at its properties. */
const FIRST_MARK = 0x300;

/** A column for each code unit: what comes before the first mark, and the lines that a tree is drawn with. */
const NARROW = /^[\0-\u02ff\u2500-\u257f]*$/;

/** Rows in aligned columns, a line each, nothing trailing. Columns that are empty in every row take no room. */
export function alignColumns(rows: readonly (readonly TextCell[])[]): string[] {
  const widths = columnWidths(rows);
  return rows.map((row) => {
    const last = row.findLastIndex((cell) => cell.text !== '');
    return row
      .slice(0, last + 1)
      .flatMap((cell, i) => (widths[i] === 0 ? [] : [padCell(cell, widths[i] ?? 0, i === last)]))
      .join(GAP);
  });
}

/** How many columns of a terminal the longest row takes at most. */
export function tableWidth(rows: readonly (readonly TextCell[])[]): number {
  const widths = columnWidths(rows).filter((width) => width > 0);
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

function columnWidths(rows: readonly (readonly TextCell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell.text));
    });
  }
  return widths;
}

function padCell(cell: TextCell, width: number, isLast: boolean): string {
  const fill = ' '.repeat(Math.max(0, width - displayWidth(cell.text)));
  const shown = cell.style === undefined ? cell.text : cell.style(cell.text);
  if (cell.align === 'right') return fill + shown;
  return isLast ? shown : shown + fill;
}

/** Columns in a terminal: combining marks take none, East Asian wide characters and emoji two. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < FIRST_MARK) width += 1;
    else if (!/\p{M}/u.test(character)) width += isWide(code) ? 2 : 1;
  }
  return width;
}

// Unicode TR 11, East Asian Width W and F, in coarse ranges
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
