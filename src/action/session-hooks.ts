import type { SessionHooks } from '../commands/run-session.ts';
import type { Economy } from '../net/types.ts';
import { renderEconomyLine } from '../report/economy-line.ts';
import type { ActionShell } from './action-shell.ts';

/** How a run in the Action is heard of: each event a line of the log, and at the end what it cost. */
export function sessionHooks({ log, env, interrupt }: ActionShell): {
  readonly hooks: SessionHooks;
  readonly onEconomy: (economy: Economy) => void;
} {
  return {
    hooks: {
      env,
      workspace: env['GITHUB_WORKSPACE'] || process.cwd(),
      interrupt,
      onStep: log.info,
      onProgress: log.progress,
      onWarning: log.warning,
      onTrace: log.trace,
      onSecret: log.mask,
    },
    onEconomy: (economy) => log.info(renderEconomyLine(economy)),
  };
}
