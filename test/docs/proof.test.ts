import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { findFault, hasTitle, parseNamedTest, parseParts, parseTableRows } from './named-tests.ts';

const root = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/proof.md', root), 'utf8');
const project = JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const rows = parseTableRows(page).map(([claim = '', proof = '', shortfall = '', ...more]) => ({
  claim,
  parts: parseParts(proof),
  shortfall,
  more,
}));
/** Said in place of a proof; the last column tells why. */
const WITHOUT_PROOF = ['not shown', 'not run here'];

/** `` `npm run x` › what came of it ``, or a script of the project in place of the command. */
function commandFault(part: string): string | undefined {
  const [, command, figure] = /^`([^`]+)` › (.+)$/.exec(part) ?? [];
  if (command === undefined || figure === undefined) return `"${part}" is neither a test nor a command with its figure`;
  const script = /^npm run ([a-z:-]+)(?: |$)/.exec(command)?.[1];
  if (script !== undefined) return script in project.scripts ? undefined : `package.json has no script ${script}`;
  return ['npm cit', '.ci/run'].includes(command) ? undefined : `${command} is no command of the project`;
}

async function faultOf(part: string): Promise<string | undefined> {
  if (WITHOUT_PROOF.includes(part)) return undefined;
  const test = parseNamedTest(part);
  return test === undefined ? commandFault(part) : findFault(test);
}

describe('docs/proof.md', () => {
  it('has more than a hundred claims, in tables of three columns', () => {
    assert.ok(rows.length > 100, `${rows.length} rows`);
    assert.deepEqual(
      rows.filter(({ claim, more }) => claim === '' || more.length > 0).map(({ claim }) => claim),
      [],
    );
  });

  it('has each claim once', () => {
    const claims = rows.map(({ claim }) => claim);
    assert.deepEqual(
      claims.filter((claim, i) => claims.indexOf(claim) !== i),
      [],
    );
  });

  it('names tests and commands that are there, for every claim', async () => {
    const faults = await Promise.all(rows.flatMap(({ parts }) => parts.map(faultOf)));
    assert.deepEqual(
      faults.filter((fault) => fault !== undefined),
      [],
    );
  });

  it('says why where it has no proof', () => {
    const silent = rows.filter(
      ({ parts, shortfall }) => shortfall === '' && parts.some((part) => WITHOUT_PROOF.includes(part)),
    );
    assert.deepEqual(
      silent.map(({ claim }) => claim),
      [],
    );
  });

  it('has every figure filled in', () => {
    assert.deepEqual(
      rows.filter(({ parts }) => parts.join().includes('FIGURE')).map(({ claim }) => claim),
      [],
    );
  });
});

describe('a title in a test file', () => {
  const source = [
    "it('is one', () => {});",
    '// test("is none")',
    'test(`of $' + '{kind.name} is $' + "{on ? 'on' : `of$" + "{'f'}`}`, () => {});",
    "const rows = [['stands in a table', 1], { title: \"it's a property\" }];",
  ].join('\n');
  const cases: readonly (readonly [title: string, found: boolean])[] = [
    ['is one', true],
    ['of … is …', true],
    ['stands in a table', true],
    ["it's a property", true],
    ['is', false],
    ['is on', false],
    ['of … is', false],
    ['of kind is …', false],
    ['one', false],
    ['', false],
  ];
  for (const [title, found] of cases) {
    it(`${JSON.stringify(title)} is ${found ? '' : 'not '}found`, () => assert.equal(hasTitle(source, title), found));
  }
});
