import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CodedError } from '../../../errors/coded-error.ts';

/** A file that an input names; relative to the workspace. Throws `file-missing`, `file-unreadable`. */
export async function readInputFile(path: string, input: string, workspace: string): Promise<Uint8Array> {
  try {
    return await readFile(resolve(workspace, path));
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError(
      absent ? 'file-missing' : 'file-unreadable',
      `${input} ${JSON.stringify(path)} ${absent ? 'does not exist' : `cannot be read: ${why}`}`,
      { cause, hint: absent ? `Paths start at ${workspace}.` : undefined },
    );
  }
}
