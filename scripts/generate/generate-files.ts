import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attachCommand } from '../../src/commands/attach/options.ts';
import { listCommand } from '../../src/commands/list/options.ts';
import { repairCommand } from '../../src/commands/repair/options.ts';
import { verifyCommand } from '../../src/commands/verify/options.ts';
import { renderActionYml, renderRootActionYml } from './action-yml.ts';
import { renderCliDoc } from './cli-doc.ts';
import { renderInputTable, renderOutputTable } from './option-tables.ts';
import { replaceSections } from './sections.ts';

/** Every generated file: path from the root -> its whole text. README.md keeps what stands outside its markers. */
export async function generateFiles(root: string): Promise<Map<string, string>> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  return new Map([
    ['action.yml', renderRootActionYml([attachCommand, listCommand, verifyCommand, repairCommand])],
    ['attach/action.yml', renderActionYml(attachCommand)],
    ['list/action.yml', renderActionYml(listCommand)],
    ['verify/action.yml', renderActionYml(verifyCommand)],
    [
      'README.md',
      replaceSections(readme, {
        'inputs-attach': renderInputTable(attachCommand),
        'outputs-attach': renderOutputTable(attachCommand),
        'inputs-list': renderInputTable(listCommand),
        'outputs-list': renderOutputTable(listCommand),
        'inputs-verify': renderInputTable(verifyCommand),
        'outputs-verify': renderOutputTable(verifyCommand),
      }),
    ],
    ['docs/cli.md', renderCliDoc()],
  ]);
}
