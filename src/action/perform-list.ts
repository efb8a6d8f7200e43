import type { ListOptions } from '../commands/list/options.ts';
import { runList } from '../commands/list/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { ActionShell } from './action-shell.ts';
import { sessionHooks } from './session-hooks.ts';

/** The Action `list`: does the work, then says what was found. */
export async function performList(options: ListOptions, shell: ActionShell): Promise<ExitCode> {
  const { hooks, onEconomy } = sessionHooks(shell);
  const loadMeanwhile = () => import('./report-list.ts');
  return runSession(options, { ...hooks, loadMeanwhile }, onEconomy, async (context, economy) => {
    const result = await runList(options, context);
    const { reportList } = await import('./report-list.ts');
    await reportList(result, economy(), shell);
    return result.error?.exitCode ?? 0;
  });
}
