import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';

const SPECIFIER = /(\bfrom |\bimport\()(["'])(\.[^"']*)\.ts\2/g;

/** A type of a package that is bundled, so that consumers do not have it. */
const FOREIGN = /^import type \{ (\w+) \} from '(?!\.|node:)[^']+';$/gm;

/**
 * Writes the library's .d.ts files: what index.d.ts reaches, nothing else, so that a consumer needs none of the types
 * that only the inside uses (undici's). tsc keeps `.ts` in the specifiers of declarations; consumers expect `.js`.
 */
export async function emitDeclarations(root: string, outdir: string): Promise<void> {
  await runTsc(root, outdir);
  const reachable = await rewriteReachable(outdir);
  const files = await readdir(outdir, { recursive: true });
  const surplus = files.filter((file) => file.endsWith('.d.ts') && !reachable.has(normalize(file)));
  await Promise.all(surplus.map((file) => rm(join(outdir, file))));
  await removeEmptyFolders(outdir);
}

async function runTsc(root: string, outdir: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', outdir];
  try {
    await promisify(execFile)(process.execPath, args);
  } catch (error) {
    console.error((error as { stdout?: string }).stdout);
    throw error;
  }
}

async function rewriteReachable(outdir: string): Promise<Set<string>> {
  const reachable = new Set<string>();
  const queue = ['index.d.ts'];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reachable.has(file)) continue;
    reachable.add(file);
    const folder = dirname(file);
    const text = await readFile(join(outdir, file), 'utf8');
    for (const [, , , path] of text.matchAll(SPECIFIER)) queue.push(normalize(join(folder, `${path}.d.ts`)));
    // what is inside of it is nobody's business outside: a trust root as @sigstore/protobuf-specs has it
    const own = text.replace(FOREIGN, 'type $1 = unknown;');
    await writeFile(join(outdir, file), own.replace(SPECIFIER, '$1$2$3.js$2'));
  }
  return reachable;
}

async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    await removeEmptyFolders(join(folder, name));
    if ((await readdir(join(folder, name))).length === 0) await rm(join(folder, name), { recursive: true });
  }
}
