import { repairExitCode } from '../commands/repair/exit-code.ts';
import type { RepairOptions } from '../commands/repair/options.ts';
import { runRepair } from '../commands/repair/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { ActionShell } from './action-shell.ts';
import { sessionHooks } from './session-hooks.ts';

/** The Action `repair`: does the work, then says what was done. */
export async function performRepair(options: RepairOptions, shell: ActionShell): Promise<ExitCode> {
  const { hooks, onEconomy } = sessionHooks(shell);
  const anticipatePush = !options.dryRun;
  const loadMeanwhile = () => import('./report-repair.ts');
  return runSession(options, { ...hooks, loadMeanwhile, anticipatePush }, onEconomy, async (context, economy) => {
    const result = await runRepair(options, context);
    const { reportRepair } = await import('./report-repair.ts');
    await reportRepair(result, economy(), shell);
    return repairExitCode(result);
  });
}
