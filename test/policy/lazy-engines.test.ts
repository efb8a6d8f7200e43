import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const src = new URL('../../src/', import.meta.url).href;

/** Packages that a piece of work loads, in a process of its own. */
async function packagesOf(work: string): Promise<readonly string[]> {
  const program = `
    import { registerHooks } from 'node:module';
    const seen = new Set();
    registerHooks({ resolve(specifier, context, next) {
      if (/^(yaml|re2js|@bufbuild\\/cel)(\\/|$)/.test(specifier)) seen.add(specifier);
      return next(specifier, context);
    } });
    ${work}
    process.stdout.write(JSON.stringify([...seen].sort()));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout) as readonly string[];
}

const parse = (rule: string): string => `
  const { parsePolicy } = await import('${src}policy/parse/parse-policy.ts');
  await parsePolicy(${JSON.stringify(`version: 1\ntrust: { s: { root: github } }\nrules: [{ name: r, ${rule} }]`)}, { file: 'p' });`;

/** The work, and what it needs. */
const WORK: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'the modules of a policy file by themselves': [`await import('${src}policy/parse/parse-policy.ts');`, []],
  'the short form': [
    `const { buildShortPolicy } = await import('${src}policy/short-form.ts'); buildShortPolicy({ requireUnsigned: ['a/b'] });`,
    [],
  ],
  'a policy with globs': [parse('signed-by: { trust: s, github: { repository: "a/*" } }'), ['yaml']],
  'a policy with an RE2 expression': [
    parse('signed-by: { trust: s, identity-regexp: a, issuer: b }'),
    ['re2js', 'yaml'],
  ],
  'a policy with a condition': [
    parse('signed-by: { trust: s, github: { repository: a/b } }, where: predicate.x == 1'),
    ['@bufbuild/cel', 're2js', 'yaml'],
  ],
  'the table of commands': [`await import('${src}cli/cli-command.ts');`, []],
};

describe('the engines of a policy', () => {
  for (const [title, [work, packages]] of Object.entries(WORK)) {
    it(`${title}: loads ${packages.join(', ') || 'none'}`, async () => {
      assert.deepEqual(await packagesOf(work), packages);
    });
  }
});
