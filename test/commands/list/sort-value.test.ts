import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareSortValues, parseInstant } from '../../../src/commands/list/sort-value.ts';
import { fc } from '../../support/fast-check.ts';

describe('compareSortValues', () => {
  const EQUAL: readonly [string, string][] = [
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T00:00:00Z', '2026-01-01T02:00:00+02:00'],
    ['2026-01-01T00:00:00Z', '2025-12-31T18:30:00-05:30'],
    ['2026-01-01t00:00:00z', '2026-01-01T00:00:00Z'],
    ['2026-01-01 00:00:00Z', '2026-01-01T00:00:00Z'],
    ['v1', 'v1'],
  ];
  for (const [a, b] of EQUAL) {
    it(`takes ${a} and ${b} for equal`, () => {
      assert.equal(compareSortValues(a, b), 0);
      assert.equal(compareSortValues(b, a), 0);
    });
  }

  const ASCENDING: readonly [string, string][] = [
    ['2026-01-01T10:00:00+02:00', '2026-01-01T09:00:00Z'],
    ['2026-01-01T00:00:00.999999998Z', '2026-01-01T00:00:00.999999999Z'],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.51Z'],
    ['2016-12-31T23:59:59Z', '2016-12-31T23:59:60Z'],
    ['0099-12-31T23:59:59Z', '1970-01-01T00:00:00Z'],
    ['1.10', '1.9'],
    ['2026-02-30T00:00:00Z', '2026-02-31T00:00:00Z'],
    ['2026-01-01T00:00:00Z', 'later'],
    ['', 'a'],
  ];
  for (const [a, b] of ASCENDING) {
    it(`puts ${JSON.stringify(a)} before ${b}`, () => {
      assert.ok(compareSortValues(a, b) < 0);
      assert.ok(compareSortValues(b, a) > 0);
    });
  }

  it('orders any two instants as Date does', () => {
    const instant = fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') });
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const order = Math.sign(compareSortValues(a.toISOString(), b.toISOString()));
        assert.equal(order, Math.sign(a.getTime() - b.getTime()));
      }),
    );
  });
});

describe('parseInstant', () => {
  const UGLIES = [
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:61Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00.Z',
    'Thu, 01 Jan 2026 00:00:00 GMT',
    ' 2026-01-01T00:00:00Z',
    '',
  ];
  for (const text of UGLIES) {
    it(`does not take ${JSON.stringify(text)} for an RFC 3339 time`, () => assert.equal(parseInstant(text), undefined));
  }

  it('takes the 29th of February of a leap year', () => {
    assert.deepEqual(parseInstant('2024-02-29T00:00:00Z'), { seconds: Date.UTC(2024, 1, 29) / 1000, fraction: '' });
  });
});
