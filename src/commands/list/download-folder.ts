import { lstat, mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { conflict, downloadError } from './download-error.ts';

/**
 * The folder that downloads go to, made if need be, without symbolic links in it. A relative one stays within the
 * workspace: a link in a checkout may come from a pull request. An absolute one is the user's own word.
 * Throws `file-outside-workspace` or `download-failed`.
 */
export async function openDownloadFolder(folder: string, workspace: string): Promise<string> {
  const absolute = resolve(workspace, folder);
  try {
    await mkdir(absolute, { recursive: true });
    const real = await realpath(absolute);
    if (!isAbsolute(folder)) requireWithin(await realpath(workspace), real, folder);
    return real;
  } catch (thrown) {
    throw downloadError(thrown);
  }
}

function requireWithin(workspace: string, real: string, folder: string): void {
  const from = relative(workspace, real);
  if (from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from)) return;
  throw new CodedError(
    'file-outside-workspace',
    `download: ${JSON.stringify(folder)} leads out of the workspace, to ${JSON.stringify(real)}`,
    { hint: 'Give a folder within the workspace, or an absolute path, for example one below RUNNER_TEMP.' },
  );
}

/**
 * Makes the folders below `root` one by one and adds those that were not there to `made`. A symbolic link, or anything else
 * that is no folder, on the way is refused (`download-conflict`): what is written must stay below `root`.
 */
export async function makeFolders(root: string, segments: readonly string[], made: string[]): Promise<void> {
  let path = root;
  for (const segment of segments) {
    path = join(path, segment);
    try {
      await mkdir(path);
      made.push(path);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      if (!(await lstat(path)).isDirectory()) throw conflict(`${path} is in the way: it is no folder`);
    }
  }
}
