import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGlob, matchesGlob } from '../../src/oci/glob.ts';
import { fc } from '../support/fast-check.ts';

describe('matchesGlob', () => {
  const ROWS: readonly [text: string, pattern: string, matches: boolean][] = [
    ['', '', true],
    ['a', '', false],
    ['', '*', true],
    ['', '**', true],
    ['', '?', false],
    ['abc', 'abc', true],
    ['abc', 'ab', false],
    ['abc', 'abcd', false],
    ['abc', 'a*', true],
    ['abc', '*c', true],
    ['abc', 'a*c', true],
    ['abc', 'a?c', true],
    ['abc', 'a??c', false],
    ['abc', '*b*', true],
    ['abc', '*d*', false],
    ['aXbXc', 'a*X*c', true],
    ['ababab', '*ab', true],
    ['ababab', 'ab*aab', false],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
    ['a[b]', 'a[b]', true],
    ['a*c', 'a*c', true],
    ['application/vnd.cncf.notary.signature', 'application/vnd.cncf.*', true],
  ];
  for (const [text, pattern, matches] of ROWS) {
    it(`${matches ? 'takes' : 'does not take'} ${JSON.stringify(text)} for ${JSON.stringify(pattern)}`, () => {
      assert.equal(matchesGlob(text, pattern), matches);
    });
  }

  it('agrees with a regular expression', () => {
    const letters = fc.stringMatching(/^[ab*?.]{0,12}$/);
    fc.assert(
      fc.property(letters, letters, (text, pattern) => {
        const source = [...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c === '.' ? '\\.' : c)).join('');
        assert.equal(matchesGlob(text, pattern), new RegExp(`^${source}$`, 's').test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('is not slowed down by a pattern that no regular expression would survive', () => {
    const begin = performance.now();
    assert.ok(!matchesGlob('a'.repeat(5_000), `${'*a'.repeat(50)}b`));
    assert.ok(performance.now() - begin < 500);
  });
});

describe('isGlob', () => {
  it('is what has a star or a question mark', () => {
    assert.deepEqual(['a/b', 'a/*', 'a/?', '', '[a]'].map(isGlob), [false, true, true, false, false]);
  });
});
