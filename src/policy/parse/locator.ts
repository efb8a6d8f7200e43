import type { SourceLocation } from '../../errors/coded-error.ts';

/** Offsets of a text (UTF-16 units) -> lines and columns from 1; what lies behind its last word is there: no line is named that an editor does not show. */
export function locator(text: string, file: string): (offset: number) => SourceLocation {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const end = text.trimEnd().length;
  return (offset) => {
    const inside = Math.max(0, Math.min(offset, end));
    const line = lastAtMost(starts, inside);
    return { file, line: line + 1, column: inside - (starts[line] ?? 0) + 1 };
  };
}

/** Index of the last number that is not greater; the numbers ascend, the first is 0. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
