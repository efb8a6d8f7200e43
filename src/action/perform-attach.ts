import { attachExitCode } from '../commands/attach/exit-code.ts';
import type { AttachOptions } from '../commands/attach/options.ts';
import type { AttachResult } from '../commands/attach/result.ts';
import { runAttach } from '../commands/attach/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { Economy } from '../net/types.ts';
import type { ActionShell } from './action-shell.ts';
import { sessionHooks } from './session-hooks.ts';

/** The Action `attach`: does the work, then writes the log, the outputs, the summary and the post step's state. */
export async function performAttach(options: AttachOptions, shell: ActionShell): Promise<ExitCode> {
  const { hooks, onEconomy } = sessionHooks(shell);
  return runSession(options, hooks, onEconomy, async (context, economy) => {
    const result = await runAttach(options, context);
    await reportAttach(result, economy(), shell);
    return attachExitCode(result);
  });
}

async function reportAttach(result: AttachResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  const [
    { buildAttachOutputs },
    { writeOutputs, writeState, writeSummary },
    { renderAttachText },
    { renderAttachSummary },
  ] = await Promise.all([
    import('./attach-outputs.ts'),
    import('./outputs.ts'),
    import('../report/attach-text.ts'),
    import('../report/attach-summary.ts'),
  ]);
  log.group('Attached', renderAttachText(result).trimEnd().split('\n'));
  for (const { error } of result.rows) if (error !== undefined) log.error(error);
  writeOutputs(buildAttachOutputs(result));
  await writeSummary(renderAttachSummary(result, { economy }), env);
}
