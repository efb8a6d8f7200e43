/** What a test needs of the system and may not find there, as the reason to skip it; false: it is there. */
import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const WINDOWS = process.platform === 'win32';

/** Windows gives the right to administrators and in its developer mode; GitHub's runners have it. */
export const NO_SYMLINKS: string | false = !canLink() && 'symbolic links cannot be made here';
export const NO_SIGNALS: string | false = WINDOWS && 'Windows ends a process that is sent a signal';
export const NO_MODES: string | false =
  (WINDOWS && 'Windows has no permission bits') || (process.getuid?.() === 0 && 'root reads everything');
export const NO_SOCKET_FILES: string | false = WINDOWS && 'Windows has no sockets among its files';
export const NO_SCRIPTS: string | false = WINDOWS && 'Windows starts no file by its first line (#!)';
/** A colon leads to a stream of the file before it (NTFS); `*`, `?`, `"`, `<`, `>` and `|` are refused. */
export const NO_ODD_NAMES: string | false = WINDOWS && 'Windows has no such file names';

function canLink(): boolean {
  if (!WINDOWS) return true;
  const folder = mkdtempSync(join(tmpdir(), 'can-link-'));
  try {
    symlinkSync('target', join(folder, 'link'));
    return lstatSync(join(folder, 'link')).isSymbolicLink();
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The variables that say where a user's home is; Windows has its own. */
export function homeOf(folder: string): { readonly HOME: string; readonly USERPROFILE: string } {
  return { HOME: folder, USERPROFILE: folder };
}
