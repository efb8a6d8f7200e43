import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRfc3339 } from '../../../src/evidence/notation/rfc3339.ts';

describe('parseRfc3339', () => {
  const goodies: readonly (readonly [string, string])[] = [
    ['2026-11-22T06:00:00Z', '2026-11-22T06:00:00.000Z'],
    ['2023-01-19T13:05:58-08:00', '2023-01-19T21:05:58.000Z'],
    ['2026-11-22T06:00:00.123456789Z', '2026-11-22T06:00:00.000Z'],
    ['2024-02-29T00:00:00+00:00', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ];
  for (const [text, iso] of goodies) {
    it(`reads ${text}, to the second`, () => assert.equal(parseRfc3339(text)?.toISOString(), iso));
  }

  const uglies = [
    '',
    'undefined',
    '2026-11-22',
    '2026-11-22T06:00:00',
    '2026-11-22 06:00:00Z',
    '2026-11-22t06:00:00z',
    '2026-11-22T06:00Z',
    '2026-13-01T00:00:00Z',
    '2026-06-31T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-11-22T25:00:00Z',
    '2026-11-22T06:60:00Z',
    '2026-11-22T06:00:00+25:00',
    '+002026-11-22T06:00:00Z',
    '1795327200',
    '2026-11-22T06:00:00Z\n',
  ];
  for (const text of uglies) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseRfc3339(text), undefined));
  }
});
