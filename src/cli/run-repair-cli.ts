import { repairExitCode } from '../commands/repair/exit-code.ts';
import { runRepair } from '../commands/repair/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderJsonText } from '../report/json-text.ts';
import { buildRepairJson } from '../report/repair-json.ts';
import { renderRepairText } from '../report/repair-text.ts';
import type { RepairCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { reportErrors } from './report-errors.ts';
import { sessionHooks, withPasswordFromStdin } from './session-hooks.ts';

/** `oci-referrers repair`. */
export async function runRepairCli(given: RepairCliOptions, shell: CliShell): Promise<ExitCode> {
  const options = await withPasswordFromStdin(given, shell);
  const { hooks, onEconomy } = sessionHooks(shell, options.verbose);
  const anticipatePush = !options.dryRun;
  const result = await runSession(options, { ...hooks, anticipatePush }, onEconomy, (context) =>
    runRepair(options, context),
  );
  shell.stdout.write(
    options.format === 'json' ? renderJsonText(buildRepairJson(result)) : renderRepairText(result, shell.styles.stdout),
  );
  reportErrors(result.errors, shell, options.format);
  return repairExitCode(result);
}
