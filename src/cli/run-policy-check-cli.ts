import { runPolicyCheck } from '../commands/policy-check/run.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderJsonText } from '../report/json-text.ts';
import { renderPolicyExplanation, renderPolicyFindings } from '../report/policy-check-text.ts';
import type { PolicyCheckCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';

/** `oci-referrers policy check`: 0 if the policy can be used, 2 if not. */
export async function runPolicyCheckCli(
  options: PolicyCheckCliOptions,
  { stdout, stderr, styles, workspace }: CliShell,
): Promise<ExitCode> {
  const result = await runPolicyCheck(options, { workspace, readsAnywhere: true, now: () => new Date() });
  if (options.format === 'json') stdout.write(renderJsonText(result));
  else stdout.write(renderPolicyExplanation(result));
  stderr.write(renderPolicyFindings(result, styles.stderr));
  return result.valid ? 0 : 2;
}
