import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** A home directory of a test, with a folder for helper programs on its PATH. */
export interface TempHome {
  readonly homeDir: string;
  readonly env: Record<string, string>;
  /** Writes text, or JSON of anything else, below the home directory; the path is returned. */
  write(path: string, content: unknown): Promise<string>;
  /** Installs `docker-credential-<name>`, a Node script that finds the text of stdin in `input`. */
  addHelper(name: string, script: string): Promise<void>;
  remove(): Promise<void>;
}

export async function createTempHome(): Promise<TempHome> {
  const homeDir = await mkdtemp(join(tmpdir(), 'oci-referrers-auth-'));
  const bin = join(homeDir, 'bin');
  // helpers have no extension: what they are must not depend on a package.json that happens to lie above
  await writeFile(join(homeDir, 'package.json'), '{"type":"commonjs"}');
  const write = async (path: string, content: unknown): Promise<string> => {
    const file = join(homeDir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  return {
    homeDir,
    env: { PATH: [bin, '/usr/bin', '/bin'].join(delimiter) },
    write,
    async addHelper(name, script) {
      const prologue = `#!${process.execPath}\nconst input = require('node:fs').readFileSync(0, 'utf8');\n`;
      const file = await write(join('bin', `docker-credential-${name}`), prologue + script);
      if (process.platform === 'win32') await write(`bin/docker-credential-${name}.cmd`, callOf(file));
      else await chmod(file, 0o755);
    },
    remove: () => rm(homeDir, { recursive: true, force: true }),
  };
}

/** Windows knows no `#!`; what npm and gcloud install there is such a file. */
function callOf(script: string): string {
  return `@"${process.execPath}" "${script}" %*\r\n`;
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
