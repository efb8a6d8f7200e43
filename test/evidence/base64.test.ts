import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBase64 } from '../../src/evidence/base64.ts';
import { fc } from '../support/fast-check.ts';

describe('decodeBase64', () => {
  it('reads what is written in either alphabet, with padding and without', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        const standard = buffer.toString('base64');
        for (const text of [standard, standard.replace(/=+$/, ''), buffer.toString('base64url')]) {
          assert.deepEqual(decodeBase64(text), buffer);
        }
      }),
    );
  });

  for (const text of ['a', 'YQ=', 'YQ===', 'Y Q==', 'YQ==\n', 'YQ==YQ==', '=', '{}', 'YWFh=']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(decodeBase64(text), undefined);
    });
  }
});
