import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compactJson } from '../../src/sign/compact-json.ts';
import { fc } from '../support/fast-check.ts';

describe('compactJson', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['{ "a" : [ 1 , 2 ] }', '{"a":[1,2]}'],
    ['\r\n\t{"a b":"c\\" d\\\\","e": 1.50e+2 }\n', '{"a b":"c\\" d\\\\","e":1.50e+2}'],
    ['12345678901234567890 ', '12345678901234567890'],
    ['"\\u0041 \u00a0\u2028"', '"\\u0041 \u00a0\u2028"'],
  ];
  for (const [text, compact] of texts) {
    it(`keeps the tokens of ${JSON.stringify(text)}`, () => assert.equal(compactJson(text), compact));
  }

  it('is what JSON.stringify writes, for whatever JSON.stringify wrote with blanks', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 10 }), (value, indent) => {
        assert.equal(compactJson(JSON.stringify(value, null, indent)), JSON.stringify(value));
      }),
      { numRuns: 500 },
    );
  });
});
