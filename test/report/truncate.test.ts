import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteLength, truncateBytes } from '../../src/report/truncate.ts';
import { fc } from '../support/fast-check.ts';

describe('truncateBytes', () => {
  const ROWS: readonly [text: string, maxBytes: number, expected: string][] = [
    ['abc', 3, 'abc'],
    ['abcd', 3, '…'],
    ['abcdef', 5, 'ab…'],
    ['ééé', 6, 'ééé'],
    ['éééé', 7, 'éé…'],
    ['a🙂🙂', 8, 'a🙂…'],
    ['a🙂🙂', 7, 'a…'],
    ['abc', 2, ''],
    ['', 0, ''],
  ];
  for (const [text, maxBytes, expected] of ROWS) {
    it(`cuts ${JSON.stringify(text)} at ${maxBytes} bytes to ${JSON.stringify(expected)}`, () => {
      assert.equal(truncateBytes(text, maxBytes), expected);
    });
  }

  it('never exceeds the bytes, never cuts within a character, and is a beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, maxBytes) => {
        const cut = truncateBytes(text, maxBytes);
        assert.ok(byteLength(cut) <= maxBytes);
        assert.ok(cut.isWellFormed());
        assert.ok(cut === text || cut === '' || (cut.endsWith('…') && text.startsWith(cut.slice(0, -1))));
      }),
    );
  });
});
