import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePattern, MAX_PATTERN_LENGTH, MAX_TEXT_LENGTH, matchesPattern } from '../../src/policy/text-matcher.ts';
import type { TextPattern } from '../../src/policy/text-pattern.ts';
import { fc } from '../support/fast-check.ts';

async function makePattern(text: string, kind?: 'regexp'): Promise<TextPattern> {
  const pattern = await compilePattern(text, kind);
  return 'problem' in pattern ? assert.fail(pattern.problem) : pattern;
}

async function problemOf(text: string, kind?: 'regexp'): Promise<string> {
  const pattern = await compilePattern(text, kind);
  return 'problem' in pattern ? pattern.problem : '';
}

/** pattern, text, whether it matches. */
type Row = readonly [string, string, boolean];

const PLAIN: readonly Row[] = [
  ['acme/app', 'acme/app', true],
  ['acme/app', 'acme/app2', false],
  ['acme/app', 'evil/acme/app', false],
  ['acme/app', 'Acme/App', false],
  ['acme.app', 'acmexapp', false],
  ['https://github.com/acme', 'https://github.com/acme-evil', false],
  ['a\nb', 'a\nb', true],
  ['[ab]', 'a', false],
  ['[ab]', '[ab]', true],
];

const GLOBS: readonly Row[] = [
  ['acme/*', 'acme/app', true],
  ['acme/*', 'acme/', true],
  ['acme/*', 'acme/app/x', false],
  ['acme/*', 'evil/acme/app', false],
  ['acme/**', 'acme/app/x', true],
  ['acme/**', 'acme', false],
  ['**/app', 'ghcr.io/acme/app', true],
  ['**/app', 'ghcr.io/acme/app2', false],
  ['refs/tags/v*', 'refs/tags/v1.2', true],
  ['refs/tags/v*', 'refs/tags/v1/evil', false],
  ['refs/tags/v*', 'refs/heads/refs/tags/v1', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['a?c', 'ac', false],
  ['a?', 'a😀', true],
  ['*', '', true],
  ['*', 'a/b', false],
  ['**', 'a/b', true],
  ['***', 'a/b', true],
  ['*a*b*', 'xxaxxbxx', true],
  ['*a*b*', 'xxbxxaxx', false],
  ['*.example', 'x.example', true],
  ['*.example', 'x-example', false],
  ['a*', 'a\nb', true],
  ['*@acme.example', 'me@acme.example', true],
  ['*@acme.example', 'me@acme.example.evil', false],
];

const REGEXPS: readonly Row[] = [
  ['acme/(app|web)', 'acme/app', true],
  ['acme/app|.*evil', 'acme/app2', false],
  ['a|ab', 'ab', true],
  ['acme', 'acme-evil', false],
  ['acme', 'evil-acme', false],
  ['(?m)^acme$', 'acme\nevil', false],
  ['acme$', 'acme\n', false],
  ['^acme$', 'acme', true],
  ['a.c', 'a\nc', false],
  ['(?i)ACME', 'acme', true],
  ['\\Qa.b\\E', 'a.b', true],
  ['\\pL+', 'éà', true],
];

const BAD_REGEXPS = [
  '(',
  'a{1001}',
  '(?=a)',
  '(?!a)a',
  '(?<=a)b',
  '(a)\\1',
  '*a',
  '[z-a]',
  'a**',
  '(a{100}){100}',
  '(?:a{40}){40}',
];

describe('a pattern', () => {
  for (const [pattern, text, matches] of PLAIN) {
    it(`without wildcards ${JSON.stringify(pattern)} ${matches ? 'equals' : 'differs from'} ${JSON.stringify(text)}`, async () => {
      const parsed = await makePattern(pattern);
      assert.equal(parsed.kind, 'exact');
      assert.equal(matchesPattern(parsed, text), matches);
    });
  }
  for (const [pattern, text, matches] of GLOBS) {
    it(`${pattern} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(text)}`, async () => {
      const parsed = await makePattern(pattern);
      assert.equal(parsed.kind, 'glob');
      assert.equal(matchesPattern(parsed, text), matches);
    });
  }
  for (const [pattern, text, matches] of REGEXPS) {
    it(`of RE2 ${pattern} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(text)} as a whole`, async () => {
      const parsed = await makePattern(pattern, 'regexp');
      assert.equal(parsed.kind, 'regexp');
      assert.equal(matchesPattern(parsed, text), matches);
    });
  }

  for (const source of BAD_REGEXPS) {
    it(`refuses ${source} as RE2`, async () => {
      assert.match(await problemOf(source, 'regexp'), / is no RE2 expression: /);
    });
  }

  it('is never empty, and never longer than its limit', async () => {
    for (const kind of [undefined, 'regexp'] as const) {
      assert.match(await problemOf('', kind), /empty/);
      assert.match(await problemOf('a'.repeat(MAX_PATTERN_LENGTH + 1), kind), /at most 1024/);
      assert.equal(await problemOf('a'.repeat(kind === 'regexp' ? 900 : MAX_PATTERN_LENGTH), kind), '');
    }
  });

  it('matches no text beyond the limit, not even everything', async () => {
    const long = 'a'.repeat(MAX_TEXT_LENGTH);
    for (const parsed of [await makePattern('**'), await makePattern('a*', 'regexp')]) {
      assert.equal(matchesPattern(parsed, long), true);
      assert.equal(matchesPattern(parsed, `${long}a`), false);
    }
  });

  it('answers in bounded time whatever pattern and text are', async () => {
    const patterns = [
      await makePattern('*a'.repeat(500)),
      await makePattern('**?'.repeat(340)),
      await makePattern('(a+)+b', 'regexp'),
      await makePattern('(.*)(.*)(.*)(.*)(.*)(.*)x', 'regexp'),
      await makePattern('(a?){100}b', 'regexp'),
    ];
    const started = performance.now();
    for (const pattern of patterns) assert.equal(matchesPattern(pattern, `${'a'.repeat(4000)}/`), false);
    // backtracking would take ages of the universe; a slow machine takes a second
    assert.ok(performance.now() - started < 10_000);
  });

  it('matches as the definition says, of any glob and text', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '/', '😀'), { maxLength: 8 }).map((all) => all.join(''));
    const globs = fc.array(fc.constantFrom('a', 'b', '/', '?', '*', '**', '😀'), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(globs, letters, (parts, text) => {
        const glob = parts.join('');
        assert.equal(
          matchesPattern({ kind: 'glob', text: glob }, text),
          defined([...glob], [...text]),
          `${glob} ${text}`,
        );
      }),
      { numRuns: 5000 },
    );
  });
});

/** The definition, by trying everything. */
function defined(glob: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return text.length === 0;
  if (first === '*') {
    const crosses = rest[0] === '*';
    const behind = crosses
      ? rest.slice(rest.findLastIndex((_, at) => rest.slice(0, at + 1).every((c) => c === '*')) + 1)
      : rest;
    for (let taken = 0; taken <= text.length; taken++) {
      if (!crosses && text.slice(0, taken).includes('/')) return false;
      if (defined(behind, text.slice(taken))) return true;
    }
    return false;
  }
  if (text.length === 0) return false;
  if (first === '?' ? text[0] === '/' : text[0] !== first) return false;
  return defined(rest, text.slice(1));
}
