import { listCommand } from '../commands/list/options.ts';
import type { ActionCommand } from './action-command.ts';
import { loadInputs } from './load-inputs.ts';

export const listAction: ActionCommand = {
  name: listCommand.name,
  spec: listCommand,
  run: async (shell, others) => {
    const options = loadInputs(listCommand, shell.env, others);
    const { performList } = await import('./perform-list.ts');
    return performList(options, shell);
  },
};
