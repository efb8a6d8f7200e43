/**
 * The offset in the file of a character of a text: exact where the text stands as written (plain, quoted without
 * escapes, or in a literal block), else where it begins.
 */
export function locateInScalar(
  file: string,
  [start, end]: readonly [number, number, number],
  value: unknown,
  offset: number,
): number {
  if (typeof value !== 'string' || value === '') return start;
  const written = file.slice(start, end);
  const found = written.indexOf(value);
  if (found >= 0) return start + found + offset;
  return written.startsWith('|') ? locateInBlock(written, start, value, offset) : start;
}

/** In a literal block each line stands on a line of its own, moved in. */
function locateInBlock(written: string, start: number, value: string, offset: number): number {
  const before = value.slice(0, offset).split('\n');
  const lines = written.split('\n');
  const line = lines[before.length] ?? '';
  const textLine = value.split('\n')[before.length - 1] ?? '';
  const indent = textLine === '' ? 0 : line.indexOf(textLine);
  if (indent < 0) return start;
  const above = lines.slice(0, before.length).reduce((sum, one) => sum + one.length + 1, 0);
  return start + above + indent + (before.at(-1)?.length ?? 0);
}
