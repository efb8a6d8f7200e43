import type { SourceLocation } from '../../errors/coded-error.ts';

/** Offsets of a text (UTF-16 units) -> lines and columns from 1; what lies beyond its end is its end. */
export function locator(text: string, file: string): (offset: number) => SourceLocation {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const inside = Math.max(0, Math.min(offset, text.length));
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
