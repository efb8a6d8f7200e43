import { runDemo } from '../commands/demo/run.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { DemoCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';

/** `oci-referrers demo`. */
export async function runDemoCli(options: DemoCliOptions, shell: CliShell): Promise<ExitCode> {
  const { stdout, styles, interrupt } = shell;
  await runDemo(options, { write: (text) => stdout.write(text), style: styles.stdout, signal: interrupt });
  return 0;
}
