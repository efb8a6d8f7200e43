import type { CommandSpec } from '../commands/option-spec.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { ActionShell } from './action-shell.ts';

/** A command as the Action runs it; each in a file of its own, so that a step loads no other's inputs. */
export interface ActionCommand {
  readonly name: string;
  readonly spec: CommandSpec;
  /**
   * Reads the inputs (throws at once what is wrong with them), then does the work. Only then is anything heavy loaded:
   * a usage error costs no more than Node's own start.
   */
  readonly run: (shell: ActionShell, others: readonly CommandSpec[]) => Promise<ExitCode>;
}
