import { verifyExitCode } from '../commands/verify/exit-code.ts';
import { runMerge } from '../commands/verify/run-merge.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderJsonText } from '../report/json-text.ts';
import { verdictError } from '../report/verdict-error.ts';
import { buildVerifyJson } from '../report/verify-json.ts';
import { renderVerifyText } from '../report/verify-text.ts';
import type { ReportMergeCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { reportErrors } from './report-errors.ts';
import { sessionHooks } from './session-hooks.ts';

/** `oci-referrers report merge`. */
export async function runReportMergeCli(options: ReportMergeCliOptions, shell: CliShell): Promise<ExitCode> {
  if (options.reports.length === 0) {
    throw new CodedError('file-missing', 'no report is given', { hint: 'Name the reports of all shards.' });
  }
  const { hooks } = sessionHooks(shell, options.verbose);
  const result = await runMerge(options, { ...hooks, now: () => new Date() });
  shell.stdout.write(
    options.format === 'json' ? renderJsonText(buildVerifyJson(result)) : renderVerifyText(result, shell.styles.stdout),
  );
  const errors = [...result.images.map(({ error }) => error), result.error, verdictError(result)];
  reportErrors(errors, shell, options.format);
  return verifyExitCode(result);
}
