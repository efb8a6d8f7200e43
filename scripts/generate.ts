/**
 * Writes what is derived from the declarations of src/commands: the action.yml files, the tables between the markers of
 * README.md, and docs/cli.md. `--check` writes nothing and fails when a file differs.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { generateFiles } from './generate/generate-files.ts';

const root = resolve(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

const differing: string[] = [];
for (const [path, text] of await generateFiles(root)) {
  const file = join(root, path);
  if ((await readIfThere(file)) === text) continue;
  differing.push(path);
  if (isCheck) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
const verb = isCheck ? 'differs from the declarations' : 'written';
for (const path of differing) console.log(`${path}: ${verb}`);
if (isCheck && differing.length > 0) {
  console.error('Run npm run generate and commit what it writes.');
  process.exitCode = 1;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
