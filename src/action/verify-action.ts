import { verifyCommand } from '../commands/verify/options.ts';
import type { ActionCommand } from './action-command.ts';
import { loadInputs } from './load-inputs.ts';

export const verifyAction: ActionCommand = {
  name: verifyCommand.name,
  spec: verifyCommand,
  run: async (shell, others) => {
    const options = loadInputs(verifyCommand, shell.env, others);
    const { performVerify } = await import('./perform-verify.ts');
    return performVerify(options, shell);
  },
};
