import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../support/runner-harness.ts';
import { makeTempDir } from '../support/temp-dir.ts';

/** Each rule that the project relies on, and a defect that it must catch in the pinned version of Biome. */
const PLANTED: readonly (readonly [rule: string, text: string])[] = [
  [
    'noFloatingPromises',
    'export async function work(): Promise<void> {}\nexport function run(): void {\n  work();\n}\n',
  ],
  [
    'noMisusedPromises',
    'export async function ask(): Promise<boolean> {\n  return true;\n}\nexport function run(): number {\n  return ask() ? 1 : 2;\n}\n',
  ],
  [
    'useExhaustiveSwitchCases',
    "export function run(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n",
  ],
  ['noExplicitAny', 'export const run = (value: any): unknown => value;\n'],
  ['noDefaultExport', 'export default 1;\n'],
  ['noEnum', 'export enum Kind {\n  A = 1,\n}\n'],
  ['noConsole', "console.log('x');\n"],
  ['noImportCycles', "import { other } from './cycle.ts';\n\nexport const run = (): number => other() + 1;\n"],
];

describe('the linter', () => {
  test('catches a planted defect for every rule that the project relies on', async () => {
    await using folder = await makeTempDir();
    await mkdir(join(folder.path, 'src'));
    await copyFile(join(PROJECT_ROOT, 'tsconfig.json'), join(folder.path, 'tsconfig.json'));
    await copyFile(join(PROJECT_ROOT, 'biome.json'), join(folder.path, 'biome.json'));
    await writeFile(join(folder.path, '.gitignore'), 'node_modules/\n');
    await symlink(join(PROJECT_ROOT, 'node_modules'), join(folder.path, 'node_modules'), 'junction');
    for (const [rule, text] of PLANTED) await writeFile(join(folder.path, 'src', `${rule}.ts`), text);
    const back = "import { run } from './noImportCycles.ts';\n\nexport const other = (): number => run() + 1;\n";
    await writeFile(join(folder.path, 'src', 'cycle.ts'), back);

    const output = await lint(folder.path);
    for (const [rule] of PLANTED) {
      const finding = new RegExp(`title=lint/\\w+/${rule},file=.*src[/\\\\]${rule}\\.ts`);
      assert.match(output, finding);
    }
  });
});

async function lint(folder: string): Promise<string> {
  const biome = join(PROJECT_ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=100', '--reporter=github', '.'];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    return stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
