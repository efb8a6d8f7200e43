/** Workflows and action.yml files as GitHub reads them. test/interop/workflow-linters.test.ts has the linters. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { actionProblems, workflowProblems } from '../support/workflow-parser.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), 'utf8');
const ymlOf = async (folder: string): Promise<string[]> =>
  (await readdir(new URL(folder, root))).filter((name) => name.endsWith('.yml')).map((name) => `${folder}${name}`);
const ours = await ymlOf('.github/workflows/');
const workflows = [...ours, ...(await ymlOf('examples/'))];
const ACTIONS = ['action.yml', 'attach/action.yml', 'list/action.yml', 'verify/action.yml'];

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly permissions?: Readonly<Record<string, string>> }>>;
}

describe("GitHub's own parser", () => {
  for (const path of workflows) {
    it(`takes ${path}`, async () => assert.deepEqual(await workflowProblems(path, await read(path)), []));
  }
  for (const path of ACTIONS) {
    it(`takes ${path}`, async () => assert.deepEqual(actionProblems(path, await read(path)), []));
  }

  it('finds what is wrong with a workflow', async () => {
    const broken = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    step: []\n';
    assert.match((await workflowProblems('broken.yml', broken)).join('\n'), /step/);
    const circle = 'on: push\njobs:\n  a:\n    needs: a\n    runs-on: x\n    steps: [{ run: "true" }]\n';
    assert.match((await workflowProblems('needs.yml', circle)).join('\n'), /no dependencies/);
  });

  it('finds what is wrong with an action.yml', async () => {
    const broken = (await read('list/action.yml')).replace('using: node24', 'using: node9');
    assert.notDeepEqual(actionProblems('action.yml', broken), []);
  });
});

describe('our own workflows', () => {
  it('are there: CI, the release, the weekly interop', () => {
    assert.deepEqual(
      ours.sort(),
      ['ci', 'interop', 'release'].map((name) => `.github/workflows/${name}.yml`),
    );
  });

  for (const path of ours) {
    it(`${path} grants nothing by default, and each job what it needs`, async () => {
      const { permissions, jobs } = parse(await read(path), { uniqueKeys: true }) as Workflow;
      assert.deepEqual(permissions, {});
      for (const job of Object.values(jobs)) assert.equal(typeof job.permissions, 'object');
    });

    it(`${path} uses actions of others by commit, with the version beside it`, async () => {
      const uses = [...(await read(path)).matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, action = '']) => action);
      assert.ok(uses.length > 0);
      for (const action of uses) {
        assert.match(action, /^(?:\.\/(?:attach|list|verify)|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
      }
    });
  }

  it('may do more than read the repository in the release alone', async () => {
    for (const path of ours.filter((path) => !path.endsWith('release.yml'))) {
      const { jobs } = parse(await read(path)) as Workflow;
      for (const job of Object.values(jobs)) assert.deepEqual(job.permissions, { contents: 'read' }, path);
    }
  });
});
