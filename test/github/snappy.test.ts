import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compress } from 'snappyjs';
import { CodedError } from '../../src/errors/coded-error.ts';
import { uncompressSnappy } from '../../src/github/snappy.ts';
import { fc } from '../support/fast-check.ts';

const checkSize = (bytes: number): void => {
  if (bytes > 1024 * 1024) throw new CodedError('github-api-failed', 'too much');
};

describe('a raw Snappy block', () => {
  // by google/snappy, format_description.txt
  const goodies: readonly (readonly [title: string, block: readonly number[], content: string])[] = [
    ['of nothing', [0], ''],
    ['with a literal', [3, 2 << 2, 0x61, 0x62, 0x63], 'abc'],
    ['with a literal whose length is a byte of its own', [3, 60 << 2, 2, 0x61, 0x62, 0x63], 'abc'],
    ['with a literal whose length has four bytes', [3, 63 << 2, 2, 0, 0, 0, 0x61, 0x62, 0x63], 'abc'],
    ['with a copy, offset in 11 bits', [7, 2 << 2, 0x61, 0x62, 0x63, 1, 3], 'abcabca'],
    ['with a copy, offset in two bytes', [5, 2 << 2, 0x61, 0x62, 0x63, (1 << 2) | 2, 3, 0], 'abcab'],
    ['with a copy, offset in four bytes', [5, 2 << 2, 0x61, 0x62, 0x63, (1 << 2) | 3, 2, 0, 0, 0], 'abcbc'],
    ['with a copy that reaches into what it makes', [6, 0 << 2, 0x61, (4 << 2) | 2, 1, 0], 'aaaaaa'],
  ];
  for (const [title, block, content] of goodies) {
    it(`${title} is read`, () => {
      assert.equal(Buffer.from(uncompressSnappy(Uint8Array.from(block), checkSize)).toString(), content);
    });
  }

  const uglies: readonly (readonly [title: string, block: readonly number[], message: RegExp])[] = [
    ['without a length', [], /ends in the middle/],
    ['whose length does not end', [0x80, 0x80, 0x80, 0x80, 0x80, 0], /length does not end/],
    ['that would be too long', [0xff, 0xff, 0xff, 0xff, 0x0f], /^too much$/],
    ['that ends in a literal', [3, 2 << 2, 0x61], /ends in the middle/],
    ['that ends in the length of a literal', [3, 63 << 2, 2], /ends in the middle/],
    // as a signed number it would be -1, and lead back to the beginning for ever
    ['with a literal of 4 GiB', [9, 63 << 2, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0], /literal goes beyond its end/],
    ['with a literal beyond its length', [2, 2 << 2, 0x61, 0x62, 0x63], /literal goes beyond its end/],
    ['with a copy beyond its length', [4, 2 << 2, 0x61, 0x62, 0x63, (1 << 2) | 2, 3, 0], /copy goes beyond its end/],
    ['with a copy of what is not there', [5, 2 << 2, 0x61, 0x62, 0x63, (1 << 2) | 2, 4, 0], /before its beginning/],
    ['with a copy from 4 GiB before', [5, 2 << 2, 0x61, 0x62, 0x63, (1 << 2) | 3, 255, 255, 255, 255], /before its/],
    ['with a copy of itself', [5, 2 << 2, 0x61, 0x62, 0x63, (1 << 2) | 2, 0, 0], /before its beginning/],
    ['with less than it says', [4, 2 << 2, 0x61, 0x62, 0x63], /holds 4 bytes, and has 3/],
  ];
  for (const [title, block, message] of uglies) {
    it(`${title} is refused`, () => {
      assert.throws(() => uncompressSnappy(Uint8Array.from(block), checkSize), { code: 'github-api-failed', message });
    });
  }

  it('gives back whatever was compressed', () => {
    const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.from('again and again '))));
    fc.assert(
      fc.property(pieces, (some) => {
        const content = new Uint8Array(Buffer.concat([...some, ...some]));
        assert.deepEqual(
          Buffer.from(uncompressSnappy(new Uint8Array(compress(content)), checkSize)),
          Buffer.from(content),
        );
      }),
    );
  });

  it('of any bytes holds as many as it says, or is refused', () => {
    const length = fc.nat(40).map((bytes) => [bytes]);
    const tags = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0xfc, 0xff, 0xf8)), { maxLength: 40 });
    fc.assert(
      fc.property(length, tags, ([says = 0], rest) => {
        try {
          assert.equal(uncompressSnappy(Uint8Array.from([says, ...rest]), checkSize).byteLength, says);
        } catch (thrown) {
          assert.ok(thrown instanceof Error && 'code' in thrown && thrown.code === 'github-api-failed', String(thrown));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
