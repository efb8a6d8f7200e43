import { attachExitCode } from '../commands/attach/exit-code.ts';
import type { AttachOptions } from '../commands/attach/options.ts';
import { runAttach } from '../commands/attach/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { ActionShell } from './action-shell.ts';
import { sessionHooks } from './session-hooks.ts';

/** The Action `attach`: does the work, then says what was done. */
export async function performAttach(options: AttachOptions, shell: ActionShell): Promise<ExitCode> {
  const { hooks, onEconomy } = sessionHooks(shell);
  const loadMeanwhile = () => import('./report-attach.ts');
  const anticipatePush = !options.dryRun;
  return runSession(options, { ...hooks, loadMeanwhile, anticipatePush }, onEconomy, async (context, economy) => {
    const result = await runAttach(options, context);
    const { reportAttach } = await import('./report-attach.ts');
    await reportAttach(result, economy(), shell);
    return attachExitCode(result);
  });
}
