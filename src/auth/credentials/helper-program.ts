import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What to start, and how. */
export interface HelperProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are a command line that is quoted already (Windows). */
  readonly verbatim: boolean;
  /** Default: that of this process. */
  readonly cwd?: string | undefined;
  readonly env: Environment;
}

/** What a lookup depends on; the defaults are this system's. */
export interface ProgramLookup {
  readonly env: Environment;
  readonly platform?: NodeJS.Platform | undefined;
  /** Default: whether a file is there, and may be run. */
  readonly isFile?: ((path: string) => Promise<boolean>) | undefined;
}

/** What CreateProcess starts itself, and then what is a script of cmd.exe: gcloud's helper for Windows is a .cmd. */
const BINARIES = ['.exe', '.com'];
const SCRIPTS = ['.cmd', '.bat'];
/** Paths that gcloud's script takes from its environment: they stay what they are when it is started elsewhere. */
const PATH_VARIABLES: ReadonlySet<string> = new Set([
  'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE',
  'CLOUDSDK_CONFIG',
  'DOCKER_CONFIG',
  'GOOGLE_APPLICATION_CREDENTIALS',
]);

/**
 * How to start `name` with one argument, both without special characters. The current folder of a job is the checkout:
 * what a pull request brings there must not run. Windows, left to itself, looks there before the PATH, and every system
 * does for a PATH entry that is empty or relative. So the PATH is searched here, and of it only what is absolute, as Go,
 * and so docker, has it since 1.19 (os/exec, "Executables in the current directory", `ErrDot`). Node starts no .cmd without a shell
 * (CVE-2024-27980). undefined: it is not on the PATH.
 */
export async function findHelperProgram(
  name: string,
  argument: string,
  { env, platform = process.platform, isFile = isProgram }: ProgramLookup,
): Promise<HelperProgram | undefined> {
  if (platform === 'win32') return findOnWindows(name, argument, env, isFile);
  for (const folder of (env['PATH'] ?? '').split(posix.delimiter).filter(posix.isAbsolute)) {
    const file = posix.join(folder, name);
    if (await isFile(file)) return { file, args: [argument], verbatim: false, env };
  }
  return undefined;
}

async function findOnWindows(
  name: string,
  argument: string,
  given: Environment,
  isFile: (path: string) => Promise<boolean>,
): Promise<HelperProgram | undefined> {
  // what the helper starts by its bare name is not looked for in the current folder either (NeedCurrentDirectoryForExePath)
  const env = { ...given, NoDefaultCurrentDirectoryInExePath: '1' };
  for (const folder of windowsFolders(env)) {
    for (const extension of extensionsFor(name)) {
      const file = win32.join(folder, `${name}${extension}`);
      if (!(await isFile(file))) continue;
      if (!isOneOf(SCRIPTS, file)) return { file, args: [argument], verbatim: false, env };
      return throughShell(file, argument, env);
    }
  }
  return undefined;
}

/** `credsStore: desktop.exe` is Docker Desktop's for WSL, in a file that Windows may share. */
function extensionsFor(name: string): readonly string[] {
  const all = [...BINARIES, ...SCRIPTS];
  return isOneOf(all, name) ? ['', ...all] : all;
}

function isOneOf(extensions: readonly string[], name: string): boolean {
  return extensions.includes(win32.extname(name).toLowerCase());
}

/** A script goes on looking for what it starts: from its own folder, which is trusted for the script already. */
function throughShell(file: string, argument: string, env: Environment): HelperProgram {
  const args = ['/d', '/s', '/c', `""${file}" ${argument}"`];
  return { file: shellOf(env), args, verbatim: true, cwd: win32.dirname(file), env: withAbsolutePaths(env) };
}

function withAbsolutePaths(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value && PATH_VARIABLES.has(key.toUpperCase()) ? win32.resolve(value) : value,
    ]),
  );
}

function windowsFolders(env: Environment): string[] {
  const folders = (variable(env, 'PATH') ?? '').split(win32.delimiter).map((folder) => folder.replaceAll('"', ''));
  return folders.filter((folder) => /^(?:[A-Za-z]:[\\/]|[\\/]{2})/.test(folder));
}

function shellOf(env: Environment): string {
  const root = variable(env, 'SystemRoot') ?? 'C:\\Windows';
  return variable(env, 'ComSpec') ?? win32.join(root, 'System32', 'cmd.exe');
}

/** A copy of the environment has lost what Windows does with names: case does not matter. */
function variable(env: Environment, name: string): string | undefined {
  const key = Object.keys(env).find((one) => one.toUpperCase() === name.toUpperCase());
  return key === undefined ? undefined : env[key] || undefined;
}

/** What cannot be looked at or run is passed over, as the shell does. On Windows every file may be run. */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
