import { CodedError } from '../../errors/coded-error.ts';
import { isMediaType } from '../../oci/artifact-type.ts';
import { isCommentLine } from './comment-line.ts';

/** A line of the input `files`. */
export interface FileLine {
  /** As the user wrote it, without blanks around it. */
  readonly text: string;
  /** A path, relative to the workspace or absolute, or a glob; it may hold placeholders. */
  readonly pattern: string;
  /** RFC 6838, without parameters. */
  readonly mediaType?: string;
}

/** Lines -> file lines; blank lines and comments (`# ...`) are passed over. Throws as parseFileLine does. */
export function parseFileLines(lines: readonly string[]): FileLine[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !isCommentLine(line))
    .map(parseFileLine);
}

/**
 * `path[:media-type]`. What follows the last colon is a media type if it has a slash in it, but not in front: so
 * `C:\x`, `C:/x` and `\\?\C:\x` are paths, and so is `sha256:abc.jsonl`. Where a path itself has a colon and then a
 * slash, its media type must be said. Throws `file-line-invalid` or `media-type-invalid`.
 */
export function parseFileLine(line: string): FileLine {
  const text = line.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid(text, 'it holds a control character');
  if (text.startsWith('!')) {
    throw invalid(text, 'lines that exclude files are not known', 'Name what to attach; a file called so is ./!name.');
  }
  const { pattern, mediaType } = splitLine(text);
  if (pattern === '') throw invalid(text, 'it names no file');
  if (mediaType === '') throw invalid(text, 'nothing follows its last colon');
  if (mediaType !== undefined && !isMediaType(mediaType)) throw badMediaType(text, mediaType);
  return { text, pattern, ...(mediaType !== undefined && { mediaType }) };
}

function splitLine(text: string): { readonly pattern: string; readonly mediaType?: string } {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return { pattern: text };
  const tail = text.slice(colon + 1).trim();
  const isPath = tail !== '' && (!tail.includes('/') || tail.startsWith('/') || tail.includes('\\'));
  return isPath ? { pattern: text } : { pattern: text.slice(0, colon).trim(), mediaType: tail };
}

function badMediaType(text: string, mediaType: string): CodedError {
  const why = mediaType.includes(';')
    ? 'it has parameters, which registries refuse'
    : 'it is not type/subtype as RFC 6838 §4.2 says';
  return new CodedError(
    'media-type-invalid',
    `files: line ${JSON.stringify(text)}: media type ${JSON.stringify(mediaType)}: ${why}`,
    {
      hint: 'Expected path:media-type such as report.json:application/json. If the colon belongs to the path, add a media type.',
    },
  );
}

function invalid(text: string, why: string, hint?: string): CodedError {
  return new CodedError('file-line-invalid', `files: line ${JSON.stringify(text)}: ${why}`, {
    hint: hint ?? 'Expected path or path:media-type, one a line.',
  });
}
