import { attachExitCode } from '../commands/attach/exit-code.ts';
import { runAttach } from '../commands/attach/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import { buildAttachJson } from '../report/attach-json.ts';
import { renderAttachText } from '../report/attach-text.ts';
import { renderJsonText } from '../report/json-text.ts';
import type { AttachCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { reportErrors } from './report-errors.ts';
import { sessionHooks, withPasswordFromStdin } from './session-hooks.ts';

/** `oci-referrers attach`. */
export async function runAttachCli(given: AttachCliOptions, shell: CliShell): Promise<ExitCode> {
  const options = await withPasswordFromStdin(given, shell);
  const { hooks, onEconomy } = sessionHooks(shell, options.verbose);
  const result = await runSession(options, { ...hooks, anticipatePush: !options.dryRun }, onEconomy, (context) =>
    runAttach(options, context),
  );
  shell.stdout.write(
    options.format === 'json' ? renderJsonText(buildAttachJson(result)) : renderAttachText(result, shell.styles.stdout),
  );
  reportErrors(
    result.rows.map(({ error }) => error),
    shell,
    options.format,
  );
  return attachExitCode(result);
}
