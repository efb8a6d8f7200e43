import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CborValue, parseCbor, Tagged } from '../../src/evidence/cbor.ts';
import { fc } from '../support/fast-check.ts';
import { encodeCbor } from './samples.ts';

function parseHex(hex: string) {
  return parseCbor(Buffer.from(hex, 'hex'));
}

// RFC 8949 appendix A
const GOODIES: readonly (readonly [hex: string, value: CborValue])[] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1000000],
  ['1b000000e8d4a51000', 1000000000000],
  ['20', -1],
  ['3903e7', -1000],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f0', null],
  ['f818', null],
  ['fb3ff199999999999a', null],
  ['c11a514b67b0', new Tagged(1, 1363896240)],
  ['4401020304', Buffer.from([1, 2, 3, 4])],
  ['62c3bc', '\u00fc'],
  ['83010203', [1, 2, 3]],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    'a26161016162820203',
    new Map<CborValue, CborValue>([
      ['a', 1],
      ['b', [2, 3]],
    ]),
  ],
];

const UGLIES: readonly (readonly [what: string, hex: string, reason: RegExp])[] = [
  ['nothing', '', /cut off/],
  ['a length without bytes', '44010203', /cut off/],
  ['an array that promises 2^32 items', '9affffffff', /cut off/],
  ['a map that promises 2^32 entries', 'baffffffff', /cut off/],
  ['a byte string that promises 2^53', '5b001fffffffffffff', /cut off/],
  ['a number over 2^53', '1bffffffffffffffff', /over 2\^53/],
  ['an indefinite length', '5f42010243030405ff', /indefinite or reserved/],
  ['a reserved simple value', 'fc', /reserved/],
  ['a key that stands twice', 'a201020103', /map key 1 stands twice/],
  ['a key that is an array', 'a18001', /no number and no text/],
  ['text that is not UTF-8', '61ff', /not valid UTF-8/],
  ['bytes that follow', '0000', /1 bytes follow the value/],
  ['too many levels', `${'81'.repeat(20)}00`, /nested deeper than 16/],
  ['too many tags', `${'c1'.repeat(20)}00`, /nested deeper than 16/],
];

describe('parseCbor', () => {
  for (const [hex, value] of GOODIES) {
    it(`reads ${hex}`, () => {
      assert.deepEqual(parseHex(hex), { value });
    });
  }
  for (const [what, hex, reason] of UGLIES) {
    it(`refuses ${what}`, () => {
      const reading = parseHex(hex);
      assert.match('reason' in reading ? reading.reason : 'read', reason);
    });
  }

  it('reads back what is written, at any offset of its buffer', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.integer({ min: -1000000, max: 1000000 }),
        fc.string(),
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc
          .dictionary(fc.string({ maxLength: 5 }), tie('value'), { maxKeys: 4 })
          .map((object) => new Map(Object.entries(object))),
      ),
    }));
    fc.assert(
      fc.property(value, (original) => {
        const bytes = Buffer.concat([Buffer.from([0xff]), encodeCbor(original)]).subarray(1);
        assert.deepEqual(parseCbor(bytes), { value: original });
      }),
    );
  });

  it('gives a value or a reason for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const reading = parseCbor(bytes);
        return 'reason' in reading ? reading.reason !== '' : 'value' in reading;
      }),
    );
  });
});
