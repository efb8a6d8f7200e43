import type { CommandContext } from '../context.ts';
import type { FileRoots } from './workspace-path.ts';

/**
 * Where the files that a run names may lie: the workspace; RUNNER_TEMP, where other actions leave theirs (actions/attest
 * its bundle-path); and on the command line anywhere.
 */
export function fileRootsOf({
  workspace,
  readsAnywhere = false,
  env,
}: Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'env'>): FileRoots {
  const runnerTemp = env['RUNNER_TEMP'];
  return { workspace, alsoAllowed: runnerTemp ? [runnerTemp] : [], anywhere: readsAnywhere };
}
