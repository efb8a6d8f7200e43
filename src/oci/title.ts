import { hasInvisible } from './invisible.ts';

const MAX_TITLE_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;
// Windows: device names whatever the extension, also with the superscript digits
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;

/**
 * Why a title (`org.opencontainers.image.title`) is no relative path that every system can write, for a message that
 * continues with it; undefined: it is one. One rule on every platform and on both sides: what is attached can be
 * downloaded, and what would leave its folder is neither.
 */
export function describeTitleProblem(title: string): string | undefined {
  return (
    titleProblem(title) ??
    title
      .split('/')
      .map(segmentProblem)
      .find((found) => found !== undefined)
  );
}

function titleProblem(title: string): string | undefined {
  if (title === '') return 'it is empty';
  if (Buffer.byteLength(title) > MAX_TITLE_BYTES) return `it is longer than ${MAX_TITLE_BYTES} bytes`;
  if (title.startsWith('/')) return 'it is an absolute path';
  if (/^[A-Za-z]:/.test(title)) return 'it begins with a drive letter';
  if (title.includes('\\')) return 'it holds a backslash';
  if (hasInvisible(title)) return 'it holds a control or invisible character';
  return undefined;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'it has an empty path segment';
  if (segment === '.' || segment === '..') return `it has the path segment ${segment}`;
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return `a segment is longer than ${MAX_SEGMENT_BYTES} bytes`;
  if (/[<>:"|?*]/.test(segment)) return 'it holds a character that Windows has no file names with';
  if (/[. ]$/.test(segment) || segment.startsWith(' '))
    return 'a segment begins with a blank or ends with a dot or blank';
  const stem = segment.slice(0, segment.indexOf('.') < 0 ? undefined : segment.indexOf('.'));
  if (RESERVED.test(stem.trimEnd())) return `${JSON.stringify(segment)} is a device on Windows`;
  return undefined;
}

/** One name where file systems see one: without case, composed. */
export function foldTitle(title: string): string {
  return title.normalize('NFKC').toUpperCase().toLowerCase();
}
