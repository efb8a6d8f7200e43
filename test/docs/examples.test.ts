import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/parse/parse-policy.ts';
import { EXAMPLES_RUN_BY_ACT } from '../support/act/examples.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly id?: string;
}
interface Job {
  readonly permissions?: unknown;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface ActionFile {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

const root = new URL('../../', import.meta.url);
const OURS = /^OWNER\/oci-referrers((?:\/[a-z]+)?)@v1$/;

async function readYaml<T>(path: string): Promise<T> {
  return parse(await readFile(new URL(path, root), 'utf8'), { uniqueKeys: true }) as T;
}

/** Our own steps of a text's jobs, each with the action.yml that it runs. */
function ourSteps(steps: readonly Step[]): { readonly step: Step; readonly action: string }[] {
  return steps.flatMap((step) => {
    const folder = OURS.exec(step.uses ?? '')?.[1];
    return folder === undefined ? [] : [{ step, action: `.${folder}/action.yml` }];
  });
}

async function checkStep(step: Step, action: string): Promise<void> {
  const { inputs, outputs } = await readYaml<ActionFile>(action);
  for (const name of Object.keys(step.with ?? {})) assert.ok(name in inputs, `${action} has no input ${name}`);
  assert.ok(outputs !== undefined, action);
}

async function checkOutputs(text: string, steps: readonly Step[]): Promise<void> {
  for (const { step, action } of ourSteps(steps)) {
    if (step.id === undefined) continue;
    const { outputs } = await readYaml<ActionFile>(action);
    for (const [, name] of text.matchAll(new RegExp(`steps\\.${step.id}\\.outputs\\.([a-z-]+)`, 'g'))) {
      assert.ok(name !== undefined && name in (outputs ?? {}), `${action} has no output ${name}`);
    }
  }
}

const files = (await readdir(new URL('examples/', root))).filter((name) => name.endsWith('.yml'));

describe('examples', () => {
  it('are there', () => assert.ok(files.length >= 5));

  it('are all run as the runner would run them', async () => {
    assert.deepEqual(files.toSorted(), Object.keys(EXAMPLES_RUN_BY_ACT).toSorted());
    for (const [example, path] of Object.entries(EXAMPLES_RUN_BY_ACT)) {
      const test = await readFile(new URL(path, root), 'utf8');
      assert.ok(new RegExp(`(?:workflow: |run\\()'${example}'`).test(test), `${path} does not run ${example}`);
    }
  });

  for (const file of files) {
    describe(file, async () => {
      const text = await readFile(new URL(`examples/${file}`, root), 'utf8');
      const workflow = parse(text, { uniqueKeys: true }) as Workflow;
      const jobs = Object.values(workflow.jobs);

      it('grants nothing by default and each job what it needs', () => {
        assert.deepEqual(workflow.permissions, {});
        for (const job of jobs) assert.equal(typeof job.permissions, 'object');
      });

      it('uses our actions with inputs and outputs that they have', async () => {
        const steps = jobs.flatMap((job) => job.steps);
        const ours = ourSteps(steps);
        assert.ok(ours.length > 0, 'no step of ours');
        for (const { step, action } of ours) await checkStep(step, action);
        await checkOutputs(text, steps);
      });
    });
  }
});

describe('snippets', () => {
  /** How many steps of ours each page shows at least. */
  const PAGES = { 'README.md': 4, 'docs/guide.md': 2, 'docs/signing.md': 3 } as const;

  for (const [page, atLeast] of Object.entries(PAGES)) {
    it(`${page} shows steps with inputs that the actions have`, async () => {
      const text = await readFile(new URL(page, root), 'utf8');
      const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
      let seen = 0;
      for (const block of blocks) {
        const value = parse(block) as { steps?: Step[] } | Step[];
        const steps = Array.isArray(value) ? value : (value.steps ?? []);
        for (const { step, action } of ourSteps(steps)) {
          await checkStep(step, action);
          seen++;
        }
        await checkOutputs(block, steps);
      }
      assert.ok(seen >= atLeast, `${page} shows ${seen} steps`);
    });
  }
});

describe('policies', () => {
  for (const page of ['docs/policy.md', 'docs/notation.md']) {
    it(`of ${page} are read without an error`, async () => {
      const text = await readFile(new URL(page, root), 'utf8');
      const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
      assert.ok(blocks.length > 0, page);
      for (const block of blocks) assert.ok((await parsePolicy(block, { file: 'policy.yml' })).rules.length > 0);
    });
  }
});
