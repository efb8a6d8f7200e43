import { basename, dirname, join, resolve } from 'node:path';
import { toCodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { buildVerifySarif } from '../../report/verify-sarif.ts';
import { VERSION } from '../../version.ts';
import type { CommandContext } from '../context.ts';
import { openDownloadFolder } from '../list/download-folder.ts';
import { replaceFile } from '../replace-file.ts';
import type { VerifyResult } from './result.ts';

/**
 * Writes the result as SARIF. A relative path stays within the workspace, and a link that lies there is replaced, not
 * followed. What keeps it from being written is a warning: the step that uploads the file misses it loudly.
 */
export async function writeSarif(
  result: VerifyResult,
  path: string,
  { workspace, readsAnywhere, env, onStep }: CommandContext,
): Promise<Warning | undefined> {
  try {
    const file = readsAnywhere === true ? resolve(workspace, path) : path;
    const folder = await openDownloadFolder(dirname(file), workspace, 'sarif-path');
    const sarif = buildVerifySarif(result, { version: VERSION, file: workflowFile(env['GITHUB_WORKFLOW_REF']) });
    await replaceFile(join(folder, basename(file)), `${JSON.stringify(sarif)}\n`);
    onStep?.(`Wrote ${path}`);
    return undefined;
  } catch (thrown) {
    return { code: 'sarif-not-written', message: `${path} was not written: ${toCodedError(thrown).message}` };
  }
}

/** `acme/app/.github/workflows/ci.yml@refs/heads/main` -> `.github/workflows/ci.yml`. */
function workflowFile(ref: string | undefined): string | undefined {
  return /^[^/]+\/[^/]+\/([^@]+)@/.exec(ref ?? '')?.[1];
}
