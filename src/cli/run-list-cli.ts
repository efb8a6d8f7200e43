import { runList } from '../commands/list/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderErrorLines } from '../report/error-text.ts';
import { renderJsonText } from '../report/json-text.ts';
import { renderListText } from '../report/list-text.ts';
import { buildOrasJson } from '../report/oras-json.ts';
import type { ListCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { sessionHooks, withPasswordFromStdin } from './session-hooks.ts';

/** `oci-referrers list`. */
export async function runListCli(given: ListCliOptions, shell: CliShell): Promise<ExitCode> {
  const options = await withPasswordFromStdin(given, shell);
  const { hooks, onEconomy } = sessionHooks(shell, options.verbose);
  const result = await runSession(options, hooks, onEconomy, (context) => runList(options, context));
  if (options.format === 'json') {
    shell.stdout.write(renderJsonText(buildOrasJson(result.images)));
    const lines = result.error === undefined ? [] : renderErrorLines(result.error, shell.styles.stderr);
    for (const line of lines) shell.stderr.write(`${line}\n`);
  } else {
    shell.stdout.write(renderListText(result, shell.styles.stdout));
  }
  return result.error?.exitCode ?? 0;
}
