import { attachCommand } from '../commands/attach/options.ts';
import type { ActionCommand } from './action-command.ts';
import { loadInputs } from './load-inputs.ts';

export const attachAction: ActionCommand = {
  name: attachCommand.name,
  spec: attachCommand,
  run: async (shell, others) => {
    const options = loadInputs(attachCommand, shell.env, others);
    const { performAttach } = await import('./perform-attach.ts');
    return performAttach(options, shell);
  },
};
