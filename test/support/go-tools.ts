import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const bin = join(root, '.cache/go/bin');
/** A large module takes minutes on two cores. */
const BUILD_MS = 20 * 60 * 1000;

/** A Go program that tests use: one of somebody else's by module, version and folder, or a small one of our own. */
export type GoTool =
  | { readonly name: string; readonly module: string; readonly version: string; readonly main: string }
  | { readonly name: string; readonly folder: string };

export const REGCTL: GoTool = {
  name: 'regctl',
  module: 'github.com/regclient/regclient',
  version: 'v0.11.5',
  main: './cmd/regctl',
};
/** Lists and reads referrers with oras-go, the library of the oras CLI. */
export const ORAS_GO_LIST: GoTool = { name: 'oras-go-list', folder: 'test/interop/oras-go' };

/** For `{ skip }`: the skip is seen in the report, with its reason. */
export async function skipWithoutGo(): Promise<string | false> {
  try {
    await run('go', ['version']);
    return false;
  } catch {
    return 'skipped: no Go';
  }
}

/** The program's path, built if it is not there in this version. Throws with the compiler's output if it cannot be had. */
export async function buildGoTool(tool: GoTool): Promise<string> {
  const path = join(bin, tool.name);
  const stamp = join(bin, `${tool.name}.version`);
  const version = 'module' in tool ? `${tool.module}@${tool.version} ${tool.main}` : await sourceOf(tool.folder);
  if (existsSync(path) && (await readFile(stamp, 'utf8').catch(() => '')) === version) return path;
  await mkdir(bin, { recursive: true });
  // a program that another process runs cannot be written over, and one that is half written must not be run
  const building = `${path}.${process.pid}`;
  try {
    if ('module' in tool) await build(building, tool.main, await downloadModule(tool.module, tool.version));
    else await build(building, '.', join(root, tool.folder));
    await rename(building, path);
  } finally {
    await rm(building, { force: true });
  }
  await writeFile(stamp, version);
  return path;
}

/**
 * Where the module's source is. Built there, with its own go.mod and go.sum, a program is what `go install` makes of
 * it, without the list of the module's versions, which `go install` asks for and a proxy may refuse.
 */
async function downloadModule(module: string, version: string): Promise<string> {
  const args = ['mod', 'download', '-json', `${module}@${version}`];
  const { stdout } = await run('go', args, { cwd: bin, env: environment(), timeout: BUILD_MS }).catch(refusalOf);
  const { Dir: folder, Error: refusal } = JSON.parse(stdout) as { Dir?: string; Error?: string };
  if (folder === undefined) throw new Error(refusal ?? `go mod download named no folder for ${module}@${version}`);
  return folder;
}

/** A download that fails says why in the JSON on its standard output. */
function refusalOf(error: unknown): { readonly stdout: string } {
  const { stdout } = error as { stdout?: string };
  if (stdout === undefined || stdout === '') throw error;
  return { stdout };
}

async function build(path: string, main: string, cwd: string): Promise<void> {
  await run('go', ['build', '-buildvcs=false', '-o', path, main], { cwd, env: environment(), timeout: BUILD_MS });
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: 'auto', GOWORK: 'off' };
}

/** What a program of our own is built from. */
async function sourceOf(folder: string): Promise<string> {
  const files = ['go.mod', 'go.sum', 'main.go'].map((name) => readFile(join(root, folder, name), 'utf8'));
  return (await Promise.all(files)).join('\n');
}

/** Runs it; a non-zero exit throws with what it said. */
export async function runTool(path: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(path, args, { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}
