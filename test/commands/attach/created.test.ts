import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createdFromEnv } from '../../../src/commands/attach/created.ts';

describe('createdFromEnv', () => {
  const goodies: readonly (readonly [text: string | undefined, created: string | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    [' ', undefined],
    ['0', '1970-01-01T00:00:00Z'],
    ['1700000000', '2023-11-14T22:13:20Z'],
    [' 1700000000\n', '2023-11-14T22:13:20Z'],
    ['253402300799', '9999-12-31T23:59:59Z'],
  ];
  for (const [text, created] of goodies) {
    it(`reads ${JSON.stringify(text)} as ${created}`, () => {
      assert.equal(createdFromEnv({ SOURCE_DATE_EPOCH: text }), created);
    });
  }
  for (const text of ['x', '-1', '1.5', '1e9', '0x10', '253402300800', '9'.repeat(30)]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => createdFromEnv({ SOURCE_DATE_EPOCH: text }), {
        code: 'input-invalid',
        message: /SOURCE_DATE_EPOCH/,
      });
    });
  }
});
