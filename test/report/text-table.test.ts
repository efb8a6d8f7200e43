import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatTime } from '../../src/report/format-time.ts';
import { alignColumns, displayWidth } from '../../src/report/text-table.ts';

describe('alignColumns', () => {
  it('pads to the widest cell, leaves nothing trailing, and gives an empty column no room', () => {
    const rows = [
      ['a', '', 'x', '1'],
      ['long', '', 'y'],
      ['b', '', '', ''],
    ].map((cells) => cells.map((text) => ({ text })));
    assert.deepEqual(alignColumns(rows), ['a     x  1', 'long  y', 'b']);
  });

  it('aligns to the right where asked, and colours without moving anything', () => {
    const style = (text: string): string => `<${text}>`;
    const rows = [
      [{ text: '1', align: 'right', style } as const, { text: 'x' }],
      [{ text: '100', align: 'right' } as const, { text: 'y' }],
    ];
    assert.deepEqual(alignColumns(rows), ['  <1>  x', '100  y']);
  });

  it('counts columns, not code units', () => {
    const rows = ['日本', 'e\u0301', '🙂', 'ab'].map((text) => [{ text }, { text: '|' }]);
    assert.deepEqual(
      alignColumns(rows).map((line) => displayWidth(line)),
      [7, 7, 7, 7],
    );
  });

  it('knows the first combining mark, U+0300: none before it, and it takes no column', () => {
    const before = Array.from({ length: 0x300 }, (_, code) => String.fromCodePoint(code)).join('');
    assert.equal(/\p{M}/u.test(before), false);
    assert.equal(displayWidth(before), 0x300);
    assert.equal(displayWidth('e\u0300'), 1);
  });

  it('gives every line that a tree is drawn with one column, alone and beside wide text', () => {
    const lines = Array.from({ length: 0x80 }, (_, i) => String.fromCodePoint(0x2500 + i)).join('');
    assert.equal(displayWidth(lines), 0x80);
    assert.equal(displayWidth(`${lines}日`), 0x80 + 2);
  });
});

describe('formatTime', () => {
  for (const [text, shown] of [
    ['2026-11-20T09:14:02Z', '2026-11-20 09:14 UTC'],
    ['2026-11-20T09:14:02.123+02:00', '2026-11-20 09:14 +02:00'],
    ['yesterday', 'yesterday'],
    ['', ''],
  ] as const) {
    it(`shows ${JSON.stringify(text)} as ${JSON.stringify(shown)}`, () => assert.equal(formatTime(text), shown));
  }
});
