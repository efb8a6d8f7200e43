import { runVerifyBundle } from '../commands/verify-bundle/run.ts';
import type { ExitCode } from '../errors/codes.ts';
import { escapeTerminal } from '../report/escape.ts';
import type { VerifyBundleCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';

/** `oci-referrers verify-bundle`: 0 where it is verified, 1 where it is not and says why, 2 for usage. */
export async function runVerifyBundleCli(options: VerifyBundleCliOptions, shell: CliShell): Promise<ExitCode> {
  const result = await runVerifyBundle(options, { workspace: shell.workspace });
  if (!result.verified) {
    shell.stderr.write(`not verified: ${escapeTerminal(result.reason)}\n`);
    return 1;
  }
  const { signer } = result;
  const who = signer.kind === 'key' ? `key ${signer.fingerprint}` : (signer.identity ?? 'nobody named');
  shell.stdout.write(`verified: signed by ${escapeTerminal(who)}\n`);
  return 0;
}
