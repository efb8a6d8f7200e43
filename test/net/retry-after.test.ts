import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRetryAfter, parseRetryAfterBody } from '../../src/net/retry-after.ts';
import { fc } from '../support/fast-check.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');

describe('parseRetryAfter', () => {
  const goodies: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['1.5', 1500],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['Sunday, 22-Nov-26 10:00:30 GMT', 30_000],
    ['Sun Nov 22 10:00:30 2026', 30_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['1.88ms', 1.88],
    ['880.092µs', 0.880092],
    ['880.092μs', 0.880092],
    [Buffer.from('880.092µs').toString('latin1'), 0.880092],
    ['12us', 0.012],
    ['7ns', 0.000007],
    ['1m30s', 90_000],
    ['1h0m0.5s', 3_600_500],
    ['0s', 0],
  ];
  for (const [text, expected] of goodies) {
    test(`${JSON.stringify(text)} is ${expected} ms`, () => {
      const got = parseRetryAfter(text, NOW);
      assert.ok(got !== undefined && Math.abs(got - expected) < 1e-9, `${got}`);
    });
  }

  for (const text of [
    undefined,
    '',
    '-1',
    'soon',
    '1.2.3',
    '5 minutes',
    'ms',
    '1x',
    '2 fish',
    'Sun, 99 Foo 2026 10:00:00 GMT',
    '0x10',
    'Infinity',
  ]) {
    test(`${JSON.stringify(text)} cannot be read`, () => assert.equal(parseRetryAfter(text, NOW), undefined));
  }

  test('is undefined or a number that is not negative, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const got = parseRetryAfter(text, NOW);
        assert.ok(got === undefined || got >= 0);
      }),
    );
  });
});

describe('parseRetryAfterBody', () => {
  for (const [body, expected] of [
    ['{"errors":[{"code":"TOOMANYREQUESTS","message":"retry-after: 880.092µs, allowed: 44000/minute"}]}', 0.880092],
    ['{"errors":[{"message":"retry-after: 1.88\\u00b5s, allowed: 2000/minute"}]}', 0.00188],
    ['{"message":"Retry-After: 2s"}', 2000],
    ['retry-after: 3', 3000],
    ['{"errors":[{"message":"too many requests"}]}', undefined],
    ['retry-after: later', undefined],
    ['', undefined],
  ] as const) {
    test(`${body} asks for ${expected} ms`, () => {
      const got = parseRetryAfterBody(Buffer.from(body));
      if (expected === undefined) assert.equal(got, undefined);
      else assert.ok(got !== undefined && Math.abs(got - expected) < 1e-9, `${got}`);
    });
  }
});
