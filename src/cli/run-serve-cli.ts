import { once } from 'node:events';
import { runServe } from '../commands/serve/run.ts';
import type { ExitCode } from '../errors/codes.ts';
import { escapeTerminal } from '../report/escape.ts';
import type { ServeCliOptions } from './cli-command.ts';
import type { CliShell } from './cli-shell.ts';

/** `oci-referrers serve`: the first line on stdout is the registry's URL, as soon as it answers; then until interrupted. */
export async function runServeCli(
  options: ServeCliOptions,
  { stdout, stderr, interrupt }: CliShell,
): Promise<ExitCode> {
  const registry = await runServe(options);
  stdout.write(`${registry.url}\n`);
  const place = registry.root === undefined ? 'in memory' : `in ${escapeTerminal(registry.root)}`;
  stderr.write(`Repositories are kept ${place}. Use ${registry.host}/name:tag; interrupt (Ctrl-C) to stop.\n`);
  if (!interrupt.aborted) await once(interrupt, 'abort');
  await registry.close();
  return 0;
}
