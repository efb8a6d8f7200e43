import { parseOptions } from '../../src/commands/parse-options.ts';
import { runSession } from '../../src/commands/run-session.ts';
import { verifyCommand } from '../../src/commands/verify/options.ts';
import type { VerifyResult } from '../../src/commands/verify/result.ts';
import { runVerify } from '../../src/commands/verify/run.ts';
import type { Warning } from '../../src/errors/warning.ts';

/** A run of verify as a shell makes it: inputs as text, its own connections and memory. */
export interface VerifyRunOptions {
  readonly workspace?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupt?: AbortSignal;
  /** As on the command line, where files may lie anywhere; default false. */
  readonly readsAnywhere?: boolean;
}

export interface VerifyRun extends VerifyResult {
  /** Warnings as they arose. */
  readonly heard: readonly Warning[];
}

export async function verify(
  inputs: Readonly<Record<string, string>>,
  options: VerifyRunOptions = {},
): Promise<VerifyRun> {
  const { workspace = process.cwd(), env = {}, interrupt = new AbortController().signal, readsAnywhere } = options;
  const raw = new Map(Object.entries({ retries: '0', ...inputs }).map(([name, text]) => [name, [text]]));
  const parsed = parseOptions(verifyCommand, raw, (name) => `input ${name}`);
  const heard: Warning[] = [];
  const onWarning = (warning: Warning): void => void heard.push(warning);
  const hooks = { env, workspace, interrupt, onWarning, ...(readsAnywhere !== undefined && { readsAnywhere }) };
  const result = await runSession(
    parsed,
    hooks,
    () => {},
    (context) => runVerify(parsed, context),
  );
  return { ...result, heard };
}
