import { repairCommand } from '../commands/repair/options.ts';
import type { ActionCommand } from './action-command.ts';
import { loadInputs } from './load-inputs.ts';

export const repairAction: ActionCommand = {
  name: repairCommand.name,
  spec: repairCommand,
  run: async (shell, others) => {
    const options = loadInputs(repairCommand, shell.env, others);
    const { performRepair } = await import('./perform-repair.ts');
    return performRepair(options, shell);
  },
};
