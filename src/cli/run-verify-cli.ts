import { runSession } from '../commands/run-session.ts';
import { verifyExitCode } from '../commands/verify/exit-code.ts';
import { furtherProblems } from '../commands/verify/further-problems.ts';
import { publishVerdict } from '../commands/verify/publish.ts';
import { runVerify } from '../commands/verify/run.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderErrorLines } from '../report/error-text.ts';
import { renderJsonText } from '../report/json-text.ts';
import { verdictError } from '../report/verdict-error.ts';
import { buildVerifyJson } from '../report/verify-json.ts';
import { renderVerifyText } from '../report/verify-text.ts';
import type { VerifyCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { reportErrors } from './report-errors.ts';
import { sessionHooks, withPasswordFromStdin } from './session-hooks.ts';

/** `oci-referrers verify`. */
export async function runVerifyCli(given: VerifyCliOptions, shell: CliShell): Promise<ExitCode> {
  if (given.cache) {
    throw new CodedError('input-invalid', '--cache works in workflows only', { hint: 'Leave it out.' });
  }
  const options = await withPasswordFromStdin(given, shell);
  const { hooks, onEconomy } = sessionHooks(shell, options.verbose);
  const result = await runSession(options, hooks, onEconomy, async (context) => {
    const judged = await runVerify(options, context).catch((thrown: unknown) => {
      sayProblems(thrown, shell);
      throw thrown;
    });
    for (const warning of await publishVerdict(judged, options, context)) hooks.onWarning?.(warning);
    return judged;
  });
  shell.stdout.write(
    options.format === 'json' ? renderJsonText(buildVerifyJson(result)) : renderVerifyText(result, shell.styles.stdout),
  );
  sayProblems(result.error, shell);
  const errors = [
    ...result.images.map(({ error }) => error),
    result.error,
    verdictError(result),
    result.download?.error,
  ];
  reportErrors(errors, shell, options.format);
  return verifyExitCode(result);
}

/** A policy is mended at once, not one error after the other. */
function sayProblems(error: unknown, { stderr, styles }: CliShell): void {
  for (const { message, hint, location } of furtherProblems(error)) {
    const lines = renderErrorLines(new CodedError('policy-invalid', message, { hint, location }), styles.stderr);
    for (const line of lines) stderr.write(`${line}\n`);
  }
}
