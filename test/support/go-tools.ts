import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const bin = join(root, '.cache/go/bin');
/** A large module takes minutes on two cores. */
const BUILD_MS = 15 * 60 * 1000;

/** A Go program that tests use: one of somebody else's by module path and version, or a small one of our own. */
export type GoTool =
  | { readonly name: string; readonly module: string; readonly version: string }
  | { readonly name: string; readonly folder: string };

export const REGCTL: GoTool = {
  name: 'regctl',
  module: 'github.com/regclient/regclient/cmd/regctl',
  version: 'v0.11.5',
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
  const version = 'module' in tool ? `${tool.module}@${tool.version}` : await sourceOf(tool.folder);
  if (existsSync(path) && (await readFile(stamp, 'utf8').catch(() => '')) === version) return path;
  await mkdir(bin, { recursive: true });
  const env = { ...process.env, GOBIN: bin, GOTOOLCHAIN: 'auto' };
  if ('module' in tool) await run('go', ['install', version], { env, timeout: BUILD_MS });
  else await run('go', ['build', '-o', path, '.'], { cwd: join(root, tool.folder), env, timeout: BUILD_MS });
  await writeFile(stamp, version);
  return path;
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
