import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeAge, describeDuration, parseDuration } from '../../src/policy/duration.ts';
import { fc } from '../support/fast-check.ts';

const DAY = 86_400;
const GOOD: readonly (readonly [string, number, string])[] = [
  ['90m', 5400, '90 minutes'],
  ['1m', 60, '1 minute'],
  ['60m', 3600, '1 hour'],
  ['12h', 12 * 3600, '12 hours'],
  ['24h', DAY, '1 day'],
  ['30d', 30 * DAY, '30 days'],
  ['1w', 7 * DAY, '7 days'],
  ['007d', 7 * DAY, '7 days'],
  ['36600d', 36_600 * DAY, '36600 days'],
];
const BAD = [
  '',
  '0d',
  '00m',
  'd',
  '30',
  '30s',
  '30 d',
  ' 30d',
  '30d ',
  '30D',
  '-1d',
  '+1d',
  '1.5h',
  '1e3d',
  '1d2h',
  'P1D',
  '٣d',
  '30d\n',
  '36601d',
  '9999999999d',
];

describe('a duration', () => {
  for (const [text, seconds, words] of GOOD) {
    it(`${text} is ${seconds} s, ${words}`, () => {
      assert.equal(parseDuration(text), seconds);
      assert.equal(describeDuration(seconds), words);
    });
  }
  for (const text of BAD) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), undefined));
  }

  it('is a number of a unit, and nothing else is one', () => {
    const near = fc.tuple(
      fc.constantFrom('', ' ', '-', '0', '1'),
      fc.nat().map(String),
      fc.constantFrom(...'mhdwsyMD '),
    );
    const text = fc.oneof(
      fc.string(),
      near.map((parts) => parts.join('')),
    );
    const property = fc.property(text, (given) => {
      const [, digits = '', unit = ''] = /^([0-9]+)([mhdw])$/.exec(given) ?? [];
      const seconds = Number(digits) * ({ m: 60, h: 3600, d: DAY, w: 7 * DAY }[unit] ?? 0);
      assert.equal(
        parseDuration(given),
        seconds > 0 && seconds <= 36_600 * DAY && digits.length <= 9 ? seconds : undefined,
      );
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('in words is the same duration', () => {
    const property = fc.property(fc.integer({ min: 1, max: 36_600 * 24 * 60 }), (minutes) => {
      const words = describeDuration(minutes * 60);
      const [, count = '', unit = '', plural] = /^([1-9][0-9]*) ([mhd])(?:inute|our|ay)(s?)$/.exec(words) ?? [];
      assert.equal(parseDuration(`${count}${unit}`), minutes * 60);
      assert.equal(plural, count === '1' ? '' : 's');
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe('an age', () => {
  const AGES: readonly (readonly [number, string])[] = [
    [0, '1 second'],
    [1, '1 second'],
    [59_001, '1 minute'],
    [80_000, '1 minute 20 seconds'],
    [3_600_000, '1 hour'],
    [9_600_000, '2 hours 40 minutes'],
    [30 * DAY * 1000 + 1, '30 days 1 second'],
    [30 * DAY * 1000 + 300_000, '30 days 5 minutes'],
    [(42 * DAY + 3 * 3600 + 61) * 1000, '42 days 3 hours'],
  ];
  for (const [milliseconds, words] of AGES) {
    it(`of ${milliseconds} ms is ${words}`, () => assert.equal(describeAge(milliseconds), words));
  }
});
