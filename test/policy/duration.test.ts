import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeDuration, parseDuration } from '../../src/policy/duration.ts';

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
});
