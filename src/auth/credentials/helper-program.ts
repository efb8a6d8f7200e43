import { stat } from 'node:fs/promises';
import { win32 } from 'node:path';

/** What to start, and how. */
export interface HelperProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are a command line that is quoted already (Windows). */
  readonly verbatim: boolean;
}

/** What a lookup depends on; the defaults are this system's. */
export interface ProgramLookup {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform | undefined;
  /** Default: whether a file is there. */
  readonly isFile?: ((path: string) => Promise<boolean>) | undefined;
}

/** What CreateProcess starts itself, and then what is a script of cmd.exe: gcloud's helper for Windows is a .cmd. */
const BINARIES = ['.exe', '.com'];
const SCRIPTS = ['.cmd', '.bat'];

/**
 * How to start `name` with one argument, both without special characters. Windows, left to itself, looks for a program
 * in the current folder before the PATH, and for a job that is the checkout: what a pull request brings there would run.
 * So the PATH is searched here, and of it only what is absolute, as Go's os/exec does since 1.19; and Node starts
 * no .cmd without a shell (CVE-2024-27980). Elsewhere the name is left to execvp. undefined: it is not on the PATH.
 */
export async function findHelperProgram(
  name: string,
  argument: string,
  { env, platform = process.platform, isFile = isFileOnDisk }: ProgramLookup,
): Promise<HelperProgram | undefined> {
  if (platform !== 'win32') return { file: name, args: [argument], verbatim: false };
  for (const folder of pathFolders(env)) {
    for (const extension of [...BINARIES, ...SCRIPTS]) {
      const file = win32.join(folder, `${name}${extension}`);
      if (!(await isFile(file))) continue;
      if (BINARIES.includes(extension)) return { file, args: [argument], verbatim: false };
      return { file: shellOf(env), args: ['/d', '/s', '/c', `""${file}" ${argument}"`], verbatim: true };
    }
  }
  return undefined;
}

function pathFolders(env: ProgramLookup['env']): string[] {
  const folders = (variable(env, 'PATH') ?? '').split(win32.delimiter).map((folder) => folder.replaceAll('"', ''));
  return folders.filter((folder) => /^(?:[A-Za-z]:[\\/]|[\\/]{2})/.test(folder));
}

function shellOf(env: ProgramLookup['env']): string {
  const root = variable(env, 'SystemRoot') ?? 'C:\\Windows';
  return variable(env, 'ComSpec') ?? win32.join(root, 'System32', 'cmd.exe');
}

/** A copy of the environment has lost what Windows does with names: case does not matter. */
function variable(env: ProgramLookup['env'], name: string): string | undefined {
  const key = Object.keys(env).find((one) => one.toUpperCase() === name.toUpperCase());
  return key === undefined ? undefined : env[key] || undefined;
}

async function isFileOnDisk(path: string): Promise<boolean> {
  // what cannot be looked at cannot be started either, and is passed over as the shell does
  return await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
