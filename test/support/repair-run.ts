import { parseOptions } from '../../src/commands/parse-options.ts';
import { repairExitCode } from '../../src/commands/repair/exit-code.ts';
import { repairCommand } from '../../src/commands/repair/options.ts';
import type { RepairResult } from '../../src/commands/repair/result.ts';
import { runRepair } from '../../src/commands/repair/run.ts';
import { runSession } from '../../src/commands/run-session.ts';

export interface RepairRun extends RepairResult {
  readonly exitCode: number;
  readonly codes: readonly string[];
}

/** A run of repair as a shell makes it: inputs as text, its own connections and memory. */
export async function repair(
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<RepairRun> {
  const raw = new Map(Object.entries({ retries: '0', ...inputs }).map(([name, text]) => [name, [text]]));
  const parsed = parseOptions(repairCommand, raw, (name) => `input ${name}`);
  const hooks = { env, workspace: process.cwd(), interrupt: new AbortController().signal };
  const result = await runSession(
    parsed,
    hooks,
    () => {},
    (context) => runRepair(parsed, context),
  );
  return { ...result, exitCode: repairExitCode(result), codes: result.errors.map(({ code }) => code) };
}
