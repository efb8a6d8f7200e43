import { attachCommand } from '../commands/attach/options.ts';
import { listCommand } from '../commands/list/options.ts';
import type { CommandSpec } from '../commands/option-spec.ts';
import { verifyCommand } from '../commands/verify/options.ts';
import type { ExitCode } from '../errors/codes.ts';
import type { ActionShell } from './action-shell.ts';
import { loadInputs } from './load-inputs.ts';

/** A command as the Action runs it. */
export interface ActionCommand {
  readonly name: string;
  readonly spec: CommandSpec;
  /**
   * Reads the inputs (throws at once what is wrong with them), then does the work. Only then is anything heavy loaded:
   * a usage error costs no more than Node's own start.
   */
  readonly run: (shell: ActionShell, others: readonly CommandSpec[]) => Promise<ExitCode>;
}

export const attachAction: ActionCommand = {
  name: attachCommand.name,
  spec: attachCommand,
  run: async (shell, others) => {
    const options = loadInputs(attachCommand, shell.env, others);
    const { performAttach } = await import('./perform-attach.ts');
    return performAttach(options, shell);
  },
};

export const listAction: ActionCommand = {
  name: listCommand.name,
  spec: listCommand,
  run: async (shell, others) => {
    const options = loadInputs(listCommand, shell.env, others);
    const { performList } = await import('./perform-list.ts');
    return performList(options, shell);
  },
};

export const verifyAction: ActionCommand = {
  name: verifyCommand.name,
  spec: verifyCommand,
  run: async (shell, others) => {
    const options = loadInputs(verifyCommand, shell.env, others);
    const { performVerify } = await import('./perform-verify.ts');
    return performVerify(options, shell);
  },
};
