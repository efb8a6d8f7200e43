import type { ListOptions } from '../commands/list/options.ts';
import type { ListResult } from '../commands/list/result.ts';
import { runList } from '../commands/list/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { Economy } from '../net/types.ts';
import type { ActionShell } from './action-shell.ts';
import { sessionHooks } from './session-hooks.ts';

/** The Action `list`: does the work, then writes the log, the outputs and the summary. */
export async function performList(options: ListOptions, shell: ActionShell): Promise<ExitCode> {
  const { hooks, onEconomy } = sessionHooks(shell);
  return runSession(options, hooks, onEconomy, async (context, economy) => {
    const result = await runList(options, context);
    await reportList(result, economy(), shell);
    return result.error?.exitCode ?? 0;
  });
}

async function reportList(result: ListResult, economy: Economy, { log, env }: ActionShell): Promise<void> {
  const [{ buildListOutputs }, { writeOutputs, writeSummary }, { renderListText }, { renderListSummary }] =
    await Promise.all([
      import('./list-outputs.ts'),
      import('./outputs.ts'),
      import('../report/list-text.ts'),
      import('../report/list-summary.ts'),
    ]);
  log.group('Referrers', renderListText(result).trimEnd().split('\n'));
  const errors = new Set([...result.images.map(({ error }) => error), result.error]);
  for (const error of errors) if (error !== undefined) log.error(error);
  const { outputs, warning } = await buildListOutputs(result, env);
  if (warning !== undefined) log.warning(warning);
  writeOutputs(outputs);
  await writeSummary(renderListSummary(result, { economy }), env);
}
