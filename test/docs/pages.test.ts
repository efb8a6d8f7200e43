/** What the pages tell people to type, grant or look up: that it is there. test/docs/links.test.ts has the links. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { ERROR_EXIT_CODES } from '../../src/errors/codes.ts';
import { WARNING_CODES } from '../../src/errors/warning.ts';
import { workflowProblems } from '../support/workflow-parser.ts';
import { parseTableRows } from './named-tests.ts';

const root = join(import.meta.dirname, '../..');
const read = (page: string): Promise<string> => readFile(join(root, page), 'utf8');
const pagesOf = async (folder: string): Promise<string[]> =>
  (await readdir(join(root, folder))).filter((name) => name.endsWith('.md')).map((name) => `${folder}${name}`);
const pages = [...(await pagesOf('./')), ...(await pagesOf('docs/')), ...(await pagesOf('docs/adr/'))].map((page) =>
  page.replace(/^\.\//, ''),
);
const texts = new Map(await Promise.all(pages.map(async (page) => [page, await read(page)] as const)));
const readme = texts.get('README.md') ?? '';

const sectionOf = (page: string, title: string): string =>
  page.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? assert.fail(`no section ${title}`);
const codeIn = (text: string): string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
const yamlBlocks = (text: string): string[] =>
  [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);

/** The block as a whole workflow, where it is the steps of a job, or a job; else undefined: a policy, for example. */
function workflowOf(block: string): string | undefined {
  const value: unknown = parse(block);
  if (Array.isArray(value)) return workflowWith({ steps: value });
  if (typeof value !== 'object' || value === null) return undefined;
  if ('jobs' in value) return JSON.stringify({ on: 'push', ...value });
  return 'steps' in value ? workflowWith(value) : undefined;
}

function workflowWith(job: object): string {
  return JSON.stringify({ on: 'push', jobs: { job: { 'runs-on': 'ubuntu-latest', ...job } } });
}

describe('the workflows that the pages show', () => {
  const shown = [...texts].flatMap(([page, text]) =>
    yamlBlocks(text).flatMap((block, i) => {
      const workflow = workflowOf(block);
      return workflow === undefined ? [] : [{ title: `${page}, block ${i + 1}`, workflow }];
    }),
  );

  it('are more than five', () => assert.ok(shown.length > 5, `${shown.length}`));

  for (const { title, workflow } of shown) {
    it(`are what GitHub takes: ${title}`, async () => assert.deepEqual(await workflowProblems(title, workflow), []));
  }

  it('would not be with a permission or a key of a step that GitHub does not know', async () => {
    for (const block of ['permissions: { package: write }\nsteps: [{ run: a }]', '- uses: a/b@v1\n  wiht: { a: b }']) {
      assert.notDeepEqual(await workflowProblems('broken', workflowOf(block) ?? ''), []);
    }
  });
});

describe('the permissions of the README', () => {
  const named = codeIn(sectionOf(readme, 'Permissions')).filter((code) => /^[a-z-]+: (?:read|write)$/.test(code));

  it('are ones that GitHub knows', async () => {
    assert.ok(named.length > 6, named.join());
    const permissions = Object.assign({}, ...named.map((line) => parse(line) as object));
    assert.deepEqual(await workflowProblems('named', workflowWith({ permissions, steps: [{ run: 'true' }] })), []);
  });

  it('are all that the jobs of the examples need that are ours alone', async () => {
    const files = (await readdir(join(root, 'examples'))).filter((name) => name.endsWith('.yml'));
    interface Job {
      readonly permissions: Readonly<Record<string, string>>;
      readonly steps: readonly { readonly uses?: string }[];
    }
    const jobs = await Promise.all(
      files.map(async (name) =>
        Object.values((parse(await read(`examples/${name}`)) as { jobs: Record<string, Job> }).jobs),
      ),
    );
    const ours = jobs.flat().filter(({ steps }) => {
      const used = steps.flatMap(({ uses }) => uses ?? []);
      return used.length > 0 && used.every((uses) => /^(?:OWNER\/oci-referrers|actions\/checkout|docker\/)/.test(uses));
    });
    assert.ok(ours.length > 4, `${ours.length} jobs`);
    const granted = ours.flatMap(({ permissions }) =>
      Object.entries(permissions).map(([scope, may]) => `${scope}: ${may}`),
    );
    assert.deepEqual(
      [...new Set(granted)].filter((line) => !named.includes(line)),
      [],
    );
  });
});

describe('the registries of the README', () => {
  it('are all that the guide says how to log in to', () => {
    const firstOf = (text: string): string[] => parseTableRows(text).map(([name = '']) => name);
    const known = firstOf(sectionOf(readme, 'Registries'));
    const logins = firstOf(sectionOf(texts.get('docs/guide.md') ?? '', 'Log in'));
    assert.ok(known.length > 8 && logins.length > 6, `${known.length} and ${logins.length} registries`);
    assert.deepEqual(
      logins.filter((name) => !known.some((one) => one.startsWith(name))),
      [],
    );
  });
});

describe('the codes that the pages name', () => {
  const codes = new Map<string, number | undefined>([
    ...Object.entries(ERROR_EXIT_CODES),
    ...WARNING_CODES.map((code) => [code, undefined] as const),
  ]);

  it('are those of errors and warnings, with their exit codes, where the README says what to do', () => {
    const rows = parseTableRows(sectionOf(readme, 'Troubleshooting')).map(([seen = '']) => seen);
    assert.ok(rows.length > 8, `${rows.length} rows`);
    for (const seen of rows) {
      const [code = ''] = codeIn(seen);
      assert.ok(codes.has(code), `${seen}: no such code`);
      const [, exitCode] = /exit code (\d)/.exec(seen) ?? [];
      if (exitCode !== undefined) assert.equal(Number(exitCode), codes.get(code), seen);
    }
  });
});

describe('what the pages say to run or to read', () => {
  const all = [...texts.entries()].filter(([page]) => page !== 'CHANGELOG.md');

  it('are scripts of package.json', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
    const named = all.flatMap(([page, text]) =>
      [...text.matchAll(/\bnpm run ([a-z:-]+)/g)].map(([, name = '']) => ({ page, name })),
    );
    assert.ok(named.length > 10 && named.some(({ page }) => page === 'CONTRIBUTING.md'), `${named.length} named`);
    assert.deepEqual(
      named.filter(({ name }) => !(name in scripts)),
      [],
    );
  });

  it('are files of this repository', () => {
    const FILE = /^(?:node )?((?:src|test|docs|scripts|bench|examples|\.github\/workflows|\.ci)\/[\w./-]+\w)(?: |$)/;
    const named = all.flatMap(([page, text]) =>
      codeIn(text).flatMap((code) => {
        const path = FILE.exec(code)?.[1];
        return path === undefined ? [] : [{ page, path }];
      }),
    );
    assert.ok(new Set(named.map(({ path }) => path)).size > 100, `${named.length} named`);
    assert.deepEqual(
      named.filter(({ path }) => !existsSync(join(root, path))),
      [],
    );
  });
});
