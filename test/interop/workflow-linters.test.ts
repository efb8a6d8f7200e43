/** Workflows and action.yml files as the linters of others judge them: actionlint and zizmor, both without network. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { skipWithoutGo } from '../support/go-tools.ts';
import { haveProgram } from '../support/interop/peers.ts';
import { PROJECT_ROOT } from '../support/runner-harness.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { haveZizmor } from '../support/zizmor.ts';

interface Answer {
  readonly exitCode: number;
  readonly said: string;
}

async function ask(program: string, args: readonly string[]): Promise<Answer> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: PROJECT_ROOT });
    return { exitCode: 0, said: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as {
      readonly code: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { exitCode: code, said: stdout + stderr };
  }
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(join(PROJECT_ROOT, folder)))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(folder, name));
}

const ours = await filesOf('.github/workflows');
const examples = await filesOf('examples');
const ACTIONS = ['action.yml', 'attach/action.yml', 'list/action.yml', 'verify/action.yml'];

const noGo = await skipWithoutGo();
const actionlint = noGo === false ? await haveProgram('actionlint') : { refused: noGo };

describe('actionlint', { skip: 'refused' in actionlint ? actionlint.refused : false }, () => {
  const program = 'path' in actionlint ? actionlint.path : '';

  it('has nothing to say of the examples and of our own workflows', async () => {
    assert.deepEqual(await ask(program, [...examples, ...ours]), { exitCode: 0, said: '' });
  });

  it('says something of an output that no step has', async () => {
    await using dir = await makeTempDir();
    const file = join(dir.path, 'broken.yml');
    const step = { run: `echo $${'{{ steps.none.outputs.x }}'}` };
    const job = { 'runs-on': 'ubuntu-latest', steps: [step] };
    await writeFile(file, JSON.stringify({ on: 'push', jobs: { job } }));
    const { exitCode, said } = await ask(program, [file]);
    assert.equal(exitCode, 1);
    assert.match(said, /"none" is not defined/);
  });
});

const zizmor = await haveZizmor();

describe('zizmor', { skip: 'refused' in zizmor ? zizmor.refused : false }, () => {
  const audit = (...args: readonly string[]): Promise<Answer> =>
    ask('path' in zizmor ? zizmor.path : '', ['--offline', '--no-progress', '--quiet', '--format=json', ...args]);

  it('finds nothing in our own workflows, at its strictest, nor in the action.yml files', async () => {
    const { exitCode, said } = await audit('--persona=auditor', '--config=.github/zizmor.yml', ...ours, ...ACTIONS);
    assert.deepEqual(JSON.parse(said), []);
    assert.equal(exitCode, 0);
  });

  it('finds nothing in the examples but that they name actions by tag, as people do', async () => {
    await using dir = await makeTempDir();
    const config = join(dir.path, 'zizmor.yml');
    await writeFile(config, 'rules: { unpinned-uses: { config: { policies: { "*": ref-pin } } } }\n');
    const { exitCode, said } = await audit(`--config=${config}`, ...examples);
    assert.deepEqual(JSON.parse(said), []);
    assert.equal(exitCode, 0);
    const strict = JSON.parse((await audit(...examples)).said) as { readonly ident: string }[];
    assert.deepEqual([...new Set(strict.map(({ ident }) => ident))], ['unpinned-uses']);
  });
});
