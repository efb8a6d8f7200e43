import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { whileBusy } from '../store/layout/while-busy.ts';

/** Writes a file whole: readers see the old one or the new one. A link that lies at `path` is replaced, not followed. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx' });
    await whileBusy(() => rename(temporary, path));
  } finally {
    await rm(temporary, { force: true });
  }
}
