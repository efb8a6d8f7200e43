import type { BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, parse, relative, resolve, sep } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { forwardSlashes } from '../forward-slashes.ts';

/** Folders that files may be attached from. */
export interface FileRoots {
  /** Relative paths start here. */
  readonly workspace: string;
  /** Other folders that an absolute path may lead to, such as RUNNER_TEMP, where actions/attest leaves its bundles. */
  readonly alsoAllowed?: readonly string[] | undefined;
  /** Any other folder, too, on whichever drive; default false. */
  readonly anywhere?: boolean | undefined;
}

/** A regular file with something in it, within its root. */
export interface CheckedFile {
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** As messages name it, with forward slashes: from the workspace where it lies in it, else absolute. */
  readonly shownPath: string;
  readonly identity: FileIdentity;
}

/** What tells whether a file is still the one that was looked at. */
export interface FileIdentity {
  /** Bytes. */
  readonly size: number;
  readonly modifiedNs: bigint;
  readonly inode: bigint;
}

export function identityOf(stats: BigIntStats): FileIdentity {
  return { size: Number(stats.size), modifiedNs: stats.mtimeNs, inode: stats.ino };
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return a.size === b.size && a.modifiedNs === b.modifiedNs && a.inode === b.inode;
}

/**
 * A path as the user wrote it -> its absolute form and the root that it lies in, by its words alone, before anything is
 * looked at. Throws `file-outside-workspace`.
 */
export function locateInRoots(path: string, roots: FileRoots): { readonly path: string; readonly root: string } {
  const absolute = resolve(roots.workspace, path);
  const drive = roots.anywhere === true ? [parse(absolute).root] : [];
  const folders = [roots.workspace, ...(roots.alsoAllowed ?? []), ...drive];
  const root = folders.find((folder) => isWithin(resolve(folder), absolute));
  if (root === undefined) throw outside(path, roots.workspace);
  return { path: absolute, root: resolve(root) };
}

/**
 * A path as the user wrote it -> the path that it leads to; undefined if nothing is there. Symbolic links are followed,
 * but not out of the root that the path was written in: a link in a checkout may come from a pull request, and the
 * runner keeps credentials beside the workspace. Throws `file-outside-workspace` or `file-unreadable`.
 */
export async function resolveInRoots(path: string, roots: FileRoots): Promise<string | undefined> {
  const located = locateInRoots(path, roots);
  try {
    const real = await realpath(located.path);
    if (isWithin(await realpath(located.root), real)) return real;
    throw outside(path, roots.workspace, real);
  } catch (cause) {
    if (isAbsence(cause)) return undefined;
    throw cause instanceof CodedError ? cause : unreadable(path, cause);
  }
}

/**
 * Checks one file. Throws `file-missing`, `file-is-directory`, `file-empty`, `file-unreadable` or
 * `file-outside-workspace`. `emptyHint`: what to do about a file without anything in it.
 */
export async function checkFile(path: string, roots: FileRoots, emptyHint = EMPTY_HINT): Promise<CheckedFile> {
  const real = await resolveInRoots(path, roots);
  if (real === undefined) throw missingFile(path, roots);
  const stats = await statFile(real, path);
  if (stats.isDirectory()) throw isDirectory(path);
  if (!stats.isFile()) {
    throw new CodedError('file-unreadable', `${JSON.stringify(path)} is not a regular file`);
  }
  if (stats.size === 0n) {
    throw new CodedError('file-empty', `${JSON.stringify(path)} is empty`, { hint: emptyHint });
  }
  return {
    path: real,
    shownPath: showPath(resolve(roots.workspace, path), roots.workspace),
    identity: identityOf(stats),
  };
}

const EMPTY_HINT = 'The step that writes it may have failed.';

/** A path for messages, with forward slashes: from the workspace where it lies in it. */
export function showPath(absolute: string, workspace: string): string {
  const from = relative(resolve(workspace), absolute);
  const shown = isWithin(resolve(workspace), absolute) && from !== '' ? from : absolute;
  return forwardSlashes(shown);
}

async function statFile(real: string, path: string): Promise<BigIntStats> {
  try {
    return await stat(real, { bigint: true });
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** Whether a failed look means that there is nothing, as opposed to that it could not be looked at. */
export function isAbsence(cause: unknown): boolean {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}

function isWithin(folder: string, path: string): boolean {
  const from = relative(folder, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

function outside(path: string, workspace: string, real?: string): CodedError {
  const leads = real === undefined ? '' : `, it leads to ${JSON.stringify(real)}`;
  return new CodedError(
    'file-outside-workspace',
    `${JSON.stringify(path)} is outside the workspace ${JSON.stringify(workspace)}${leads}`,
    { hint: 'Copy the file into the workspace first. Symbolic links may not lead out of it.' },
  );
}

function isDirectory(path: string): CodedError {
  return new CodedError('file-is-directory', `${JSON.stringify(path)} is a directory`, {
    hint: `Attach its files with ${JSON.stringify(`${path.replace(/[/\\]+$/, '')}/*`)}, or pack it first: tar -czf out.tgz DIR.`,
  });
}

export function missingFile(path: string, roots: FileRoots): CodedError {
  return new CodedError('file-missing', `${JSON.stringify(path)} does not exist`, {
    hint: /:[^/\\]+$/.test(path)
      ? `Paths start at ${roots.workspace}. What comes after the last colon is a media type only if it has a slash, as in report.json:application/json.`
      : `Paths start at ${roots.workspace}. The step that writes the file may have failed.`,
  });
}

export function unreadable(path: string, cause: unknown): CodedError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CodedError('file-unreadable', `${JSON.stringify(path)} cannot be read: ${why}`, { cause });
}
