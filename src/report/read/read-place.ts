import type { SourceLocation } from '../../errors/coded-error.ts';
import type { JsonReader } from './json-reader.ts';

export function readPlace(one: JsonReader): SourceLocation {
  const { file, line, column } = one.object('file', 'line', 'column');
  const at = { line: line.optional((text) => text.count()), column: column.optional((text) => text.count()) };
  return {
    file: file.text(),
    ...(at.line !== undefined && { line: at.line }),
    ...(at.column !== undefined && { column: at.column }),
  };
}
