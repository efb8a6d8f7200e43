import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VERSION = '1.32.0';
const folder = resolve(import.meta.dirname, `../../.cache/zizmor-${VERSION}`);

/** Where zizmor is (a wheel of PyPI with nothing but the program in it), or why it could not be had. */
export async function haveZizmor(): Promise<{ readonly path: string } | { readonly refused: string }> {
  const path = join(folder, 'bin/zizmor');
  if (existsSync(path)) return { path };
  const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', folder];
  try {
    await run('python3', [...args, `zizmor==${VERSION}`], { timeout: 120_000 });
    return { path };
  } catch (error) {
    const { stderr, message } = error as { readonly stderr?: string; readonly message: string };
    const said = (stderr || message).split('\n').filter((line) => line.startsWith('ERROR') || line.includes('ENOENT'));
    return { refused: `zizmor could not be had: ${said[0] ?? message.split('\n')[0]}` };
  }
}
