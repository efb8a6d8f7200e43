import { runList } from '../commands/list/run.ts';
import { runSession } from '../commands/run-session.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderJsonText } from '../report/json-text.ts';
import { renderListText } from '../report/list-text.ts';
import { buildOrasJson } from '../report/oras-json.ts';
import type { ListCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { reportErrors } from './report-errors.ts';
import { sessionHooks, withPasswordFromStdin } from './session-hooks.ts';

/** `oci-referrers list`. */
export async function runListCli(given: ListCliOptions, shell: CliShell): Promise<ExitCode> {
  const isPiped = given.download === '-';
  if (isPiped && given.format === 'json') {
    throw new CodedError('input-conflict', '--download - and --format json cannot both have stdout', {
      hint: 'Leave one of them out, or download into a folder.',
    });
  }
  const options = await withPasswordFromStdin(given, shell);
  const { hooks, onEconomy } = sessionHooks(shell, options.verbose);
  const result = await runSession(options, hooks, onEconomy, (context) => runList(options, context));
  if (isPiped) {
    if (result.content !== undefined) shell.stdout.write(result.content);
  } else {
    shell.stdout.write(
      options.format === 'json'
        ? renderJsonText(buildOrasJson(result.images))
        : renderListText(result, shell.styles.stdout),
    );
  }
  // beside a file on stdout nothing has told of errors yet
  const told = isPiped ? 'json' : options.format;
  reportErrors([...result.images.map(({ error }) => error), result.error], shell, told);
  return result.error?.exitCode ?? 0;
}
