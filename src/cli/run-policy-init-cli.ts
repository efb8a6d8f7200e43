import { runPolicyInit } from '../commands/policy-init/run.ts';
import { runSession } from '../commands/run-session.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { PolicyInitCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';
import { sessionHooks, withPasswordFromStdin } from './session-hooks.ts';

/** `oci-referrers policy init`: the policy on stdout, all else on stderr. */
export async function runPolicyInitCli(given: PolicyInitCliOptions, shell: CliShell): Promise<ExitCode> {
  const options = await withPasswordFromStdin(given, shell);
  const { hooks, onEconomy } = sessionHooks(shell, options.verbose);
  const { text } = await runSession(options, hooks, onEconomy, (context) => runPolicyInit(options, context));
  shell.stdout.write(text);
  return 0;
}
