import { listenForInterrupt } from '../commands/interrupt.ts';
import type { CommandSpec } from '../commands/option-spec.ts';
import { toCodedError } from '../errors/coded-error.ts';
import type { ActionCommand } from './action-command.ts';
import { createActionLog } from './action-log.ts';
import { writeFailureSummary } from './failure-summary.ts';
import { loadCommand } from './load-inputs.ts';
import { maskSecrets } from './mask-secrets.ts';
import { writeStdout } from './write-stdout.ts';

/**
 * Runs one Action step: `commands` holds one command, or those that the input `command` chooses from. The only place
 * of the Action that catches, and that sets the exit code; the runner fails a step on any but 0.
 */
export async function runAction(commands: readonly [ActionCommand, ...ActionCommand[]]): Promise<void> {
  const { env } = process;
  const log = createActionLog(writeStdout, env);
  const { signal: interrupt, stop } = listenForInterrupt(process);
  try {
    const specs = commands.map(({ spec }) => spec);
    maskSecrets(specs, env, log);
    const command = commands.length > 1 ? loadCommand(commands, env) : commands[0];
    const others: readonly CommandSpec[] = commands.length > 1 ? specs.filter((spec) => spec !== command.spec) : [];
    process.exitCode = await command.run({ log, env, interrupt }, others);
  } catch (thrown) {
    const error = toCodedError(thrown);
    log.error(error);
    writeFailureSummary(error, env);
    process.exitCode = error.exitCode;
  } finally {
    stop();
  }
}
