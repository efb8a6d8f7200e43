import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseWarningHeaders } from '../../src/net/warning-header.ts';
import { fc } from '../support/fast-check.ts';

const utf8AsOctets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

describe('parseWarningHeaders', () => {
  const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['nothing', [], []],
    ['one', ['299 - "Your auth token will expire in 30 seconds."'], ['Your auth token will expire in 30 seconds.']],
    ['several values', ['299 - "a"', '299 - "b"'], ['a', 'b']],
    ['several in one value', ['299 - "a", 299 - "b"'], ['a', 'b']],
    ['each text once', ['299 - "a"', '299 - "a", 299 - "a"'], ['a']],
    ['quoted pairs', ['299 - "say \\"hi\\" to \\\\"'], ['say "hi" to \\']],
    ['commas in quotes', ['299 - "a, 299 - b"'], ['a, 299 - b']],
    ['an agent and a date', ['299 registry.example:443 "a" "Wed, 21 Oct 2015 07:28:00 GMT", 299 - "b"'], ['a', 'b']],
    ['UTF-8', [utf8AsOctets('299 - "größer als erlaubt ⚠"')], ['größer als erlaubt ⚠']],
    ['other codes left out', ['110 - "stale", 299 - "a", 199 - "misc"'], ['a']],
    ['empty texts left out', ['299 - "", 299 - "  "'], []],
    ['what follows an unreadable part left out', ['299 - "a", garbage, 299 - "b"'], ['a']],
    ['no closing quotation mark', ['299 - "a'], []],
    ['no quotation marks', ['299 - a'], []],
    ['workflow commands as the text they are', ['299 - "::error::x"'], ['::error::x']],
  ];
  for (const [what, values, expected] of table) {
    test(`reads ${what}`, () => assert.deepEqual(parseWarningHeaders(values), expected));
  }

  test('reads at most 4096 bytes of all of them together', () => {
    const warning = (text: string): string => `299 - "${text}"`;
    const fits = 'a'.repeat(4096 - 8);
    assert.deepEqual(parseWarningHeaders([warning(fits)]), [fits]);
    assert.deepEqual(parseWarningHeaders([warning(`${fits}a`)]), []);
    assert.deepEqual(parseWarningHeaders([warning('first'), warning(fits), warning('third')]), ['first']);
  });

  test('gives back every text that was quoted', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 50 })
      .filter((each) => each.trim() !== '' && each.isWellFormed());
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 10 }), (texts) => {
        const values = texts.map((each) => utf8AsOctets(`299 - "${each.replaceAll(/["\\]/g, '\\$&')}"`));
        fc.pre(values.join('').length <= 4096);
        assert.deepEqual(parseWarningHeaders(values), texts);
      }),
    );
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.array(fc.string()), (values) => assert.ok(Array.isArray(parseWarningHeaders(values)))));
  });
});
