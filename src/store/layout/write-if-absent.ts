import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, unlink, writeFile } from 'node:fs/promises';
import { isFileError } from './file-errors.ts';
import { whileBusy } from './while-busy.ts';

/** How a link is refused where the file system has none (exFAT, FUSE, network drives); EISDIR is libuv's for one such answer of Windows. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR'];

/**
 * Writes a file whole or not at all, and never over what another process wrote first. Without links it is still never
 * written over, but a process that dies meanwhile may leave a part of it. `makeLink`: the system's, but for tests.
 */
export async function writeIfAbsent(path: string, content: string, makeLink: typeof link = link): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, content);
  try {
    await makeLink(temporary, path).catch((error: unknown) => {
      if (!isFileError(error, ...NO_LINKS)) throw error;
      return copyFile(temporary, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (!isFileError(error, 'EEXIST')) throw error;
  } finally {
    await whileBusy(() => unlink(temporary));
  }
}
