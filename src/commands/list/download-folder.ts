import { lstat, mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { conflict, downloadError } from './download-error.ts';

/**
 * The folder that downloads go to, made if need be, without symbolic links in it. A relative one stays within the
 * workspace: a link in a checkout may come from a pull request. An absolute one is the user's own word.
 * `what` names the input in messages. Throws `file-outside-workspace` or `download-failed`.
 */
export async function openDownloadFolder(folder: string, workspace: string, what = 'download'): Promise<string> {
  try {
    if (!isAbsolute(folder)) return await makeWithin(await realpath(workspace), folder, what);
    await mkdir(folder, { recursive: true });
    return await realpath(folder);
  } catch (thrown) {
    throw downloadError(thrown);
  }
}

/** The same by the words of the path alone, before anything is asked or made. Throws `file-outside-workspace`. */
export function requireDownloadFolder(folder: string, workspace: string, what = 'download'): void {
  if (!isAbsolute(folder)) requireWithin(resolve(workspace), resolve(workspace, folder), folder, what);
}

/** Folder by folder: what a link leads to is looked at before anything is made in it. */
async function makeWithin(workspace: string, folder: string, what: string): Promise<string> {
  const from = relative(workspace, resolve(workspace, folder));
  let path = workspace;
  for (const segment of from.split(sep)) {
    const next = join(path, segment);
    requireWithin(workspace, next, folder, what);
    if (segment !== '') await mkdirUnlessThere(next);
    path = await realpath(next);
    requireWithin(workspace, path, folder, what);
  }
  return path;
}

async function mkdirUnlessThere(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function requireWithin(workspace: string, path: string, folder: string, what: string): void {
  const from = relative(workspace, path);
  if (from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from)) return;
  throw new CodedError(
    'file-outside-workspace',
    `${what}: ${JSON.stringify(folder)} leads out of the workspace, to ${JSON.stringify(path)}`,
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
    if (await mkdirUnlessThere(path)) made.push(path);
    else if (!(await lstat(path)).isDirectory()) throw conflict(`${path} is in the way: it is no folder`);
  }
}
