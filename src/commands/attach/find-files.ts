import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { forwardSlashes } from '../forward-slashes.ts';
import { type FileRoots, isAbsence, locateInRoots, missingFile, resolveInRoots, unreadable } from './workspace-path.ts';

/** Files that one glob may match: more is a slip, and would become as many artifacts. */
export const MAX_GLOB_MATCHES = 1000;

const GLOB = /[*?[\]{}]|[!+@]\(/;

/**
 * Pattern -> paths, sorted; none if there is nothing. What exists under the pattern's own words is meant, whatever
 * characters are in its name; only then is it a glob. Globs match files, not what begins with a dot unless they say so,
 * and do not follow symbolic links, which could lead anywhere. Throws `file-outside-workspace`, `file-unreadable`, and
 * `file-line-invalid` for a glob that climbs or matches too many.
 */
export async function findFiles(pattern: string, roots: FileRoots): Promise<readonly string[]> {
  if (await exists(pattern, roots)) return [pattern];
  return GLOB.test(pattern) ? matchGlob(pattern, roots) : [];
}

/** Why findFiles found nothing: `file-no-match` or `file-missing`. */
export function nothingFound(pattern: string, roots: FileRoots): CodedError {
  if (!GLOB.test(pattern)) return missingFile(pattern, roots);
  return new CodedError(
    'file-no-match',
    `files: ${JSON.stringify(pattern)} matches no file in ${JSON.stringify(roots.workspace)}`,
    {
      hint: 'Globs match files, not folders, hidden files or symbolic links. The step that writes the files may have failed.',
    },
  );
}

async function exists(pattern: string, roots: FileRoots): Promise<boolean> {
  const { path } = locateInRoots(pattern, roots);
  try {
    await lstat(path);
    return true;
  } catch (cause) {
    if (isAbsence(cause)) return false;
    throw unreadable(pattern, cause);
  }
}

async function matchGlob(pattern: string, roots: FileRoots): Promise<string[]> {
  const { base, rest } = splitGlob(pattern);
  const cwd = await resolveInRoots(base === '' ? '.' : base, roots);
  if (cwd === undefined) return [];
  // loaded only for a glob: most runs name their files
  const { glob } = await import('tinyglobby');
  const matches = await glob(rest, { cwd, onlyFiles: true, expandDirectories: false, followSymbolicLinks: false });
  if (matches.length > MAX_GLOB_MATCHES) {
    throw new CodedError(
      'file-line-invalid',
      `files: ${JSON.stringify(pattern)} matches ${matches.length} files, at most ${MAX_GLOB_MATCHES} are attached`,
      { hint: 'Write a narrower pattern, or pack the files into one.' },
    );
  }
  return matches.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((match) => (base === '' ? match : join(base, match)));
}

/** Splits a glob into the folder before its first special part, which must lie in a root, and the rest. */
function splitGlob(pattern: string): { readonly base: string; readonly rest: string } {
  const parts = forwardSlashes(pattern).split('/');
  const first = parts.findIndex((part) => GLOB.test(part) || part.includes('\\'));
  const rest = parts.slice(first);
  if (rest.includes('..')) {
    throw new CodedError('file-line-invalid', `files: ${JSON.stringify(pattern)}: ".." may not follow a glob`, {
      hint: 'Write the folder itself before the first special character.',
    });
  }
  const base = parts.slice(0, first).join('/');
  return { base: isDrive(base) || (base === '' && first > 0) ? `${base}/` : base, rest: rest.join('/') };
}

/** `C:` alone is the folder that is current on that drive. */
function isDrive(base: string): boolean {
  return process.platform === 'win32' && /^[A-Za-z]:$/.test(base);
}
