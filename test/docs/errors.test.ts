import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ERROR_EXIT_CODES } from '../../src/errors/codes.ts';
import { WARNING_CODES } from '../../src/errors/warning.ts';
import { NOTICE_CODES } from '../../src/policy/verdict.ts';

const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section): [string, string] => [section.slice(0, section.indexOf('\n')), section]),
);

describe('docs/errors.md', () => {
  it('has a heading for every error code, and for nothing else', () => {
    assert.deepEqual([...sections.keys()].sort(), Object.keys(ERROR_EXIT_CODES).sort());
  });

  it('says the exit code of each', () => {
    for (const [code, exitCode] of Object.entries(ERROR_EXIT_CODES)) {
      assert.match(sections.get(code) ?? '', new RegExp(`Exit code ${exitCode} `), code);
    }
  });

  it('lists every warning, every notice, and what a gap is where no error made it, and nothing else', () => {
    const listed = (title: string): string[] => {
      const part = page.split(/^# /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
      return [...part.matchAll(/^\| `([a-z-]+)` \| .+ \|$/gm)].map(([, code = '']) => code);
    };
    assert.deepEqual(listed('Warnings'), [...WARNING_CODES]);
    assert.deepEqual(listed('Notices of a verdict'), [...NOTICE_CODES]);
    assert.deepEqual(listed('What left a check undecided'), ['condition-undecided', 'not-looked']);
  });
});

it('every code of an error or a warning is one that something says', async () => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));
  const texts: string[] = [];
  for await (const file of glob('**/*.ts', { cwd: root })) {
    if (!/^errors.(?:codes|warning)\.ts$/.test(file)) texts.push(await readFile(`${root}${file}`, 'utf8'));
  }
  const said = texts.join('\n');
  const silent = [...Object.keys(ERROR_EXIT_CODES), ...WARNING_CODES].filter((code) => !said.includes(`'${code}'`));
  assert.deepEqual(silent, []);
});
