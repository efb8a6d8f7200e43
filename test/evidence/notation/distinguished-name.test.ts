import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  attributeName,
  formatDistinguishedName,
  type NameAttribute,
  parseDistinguishedName,
} from '../../../src/evidence/notation/distinguished-name.ts';
import { fc } from '../../support/fast-check.ts';

function pairs(text: string): string[][] {
  const name = parseDistinguishedName(text);
  assert.ok(!('reason' in name), 'reason' in name ? name.reason : '');
  return name.map(({ type, value }) => [type, value]);
}

const GOODIES: readonly (readonly [text: string, expected: string[][]])[] = [
  [
    'C=US, ST=WA, O=Acme',
    [
      ['C', 'US'],
      ['ST', 'WA'],
      ['O', 'Acme'],
    ],
  ],
  [
    'C=US,ST=WA,O=Acme',
    [
      ['C', 'US'],
      ['ST', 'WA'],
      ['O', 'Acme'],
    ],
  ],
  [
    'x509.subject: C=US, O=Acme',
    [
      ['C', 'US'],
      ['O', 'Acme'],
    ],
  ],
  [
    ' c = US , s=WA ',
    [
      ['C', 'US'],
      ['ST', 'WA'],
    ],
  ],
  ['O=Acme\\, Inc.', [['O', 'Acme, Inc.']]],
  ['O=Acme \\+ Sons\\; "'.replace('"', '\\"'), [['O', 'Acme + Sons; "']]],
  ['O=a\\\\b', [['O', 'a\\b']]],
  ['O=\\ padded\\ ', [['O', ' padded ']]],
  ['O=ends in backslash\\\\  ', [['O', 'ends in backslash\\']]],
  ['O=\\#hash', [['O', '#hash']]],
  ['O=no # at the beginning', [['O', 'no # at the beginning']]],
  ['CN=a=b', [['CN', 'a=b']]],
  ['CN=M\\C3\\BCller', [['CN', 'Müller']]],
  ['CN=Müller 🔑', [['CN', 'Müller 🔑']]],
  ['E=a@example.com', [['EMAILADDRESS', 'a@example.com']]],
  ['2.5.4.10=Acme', [['O', 'Acme']]],
  ['1.2.3.4=x', [['1.2.3.4', 'x']]],
  ['DC=example', [['DC', 'example']]],
];

const UGLIES: readonly (readonly [text: string, reason: RegExp])[] = [
  ['', /"" is not TYPE=value/],
  ['x509.subject:', /is not TYPE=value/],
  ['*', /"\*" is not TYPE=value/],
  ['C=US,', /is not TYPE=value/],
  ['C=US,,O=Acme', /is not TYPE=value/],
  ['C=US; O=Acme', /";" needs a backslash/],
  ['C=US+O=Acme', /"\+" needs a backslash/],
  ['O="Acme"', /needs a backslash/],
  ['O=<Acme>', /needs a backslash/],
  ['O=', /O has no value/],
  ['O=   ', /O has no value/],
  ['=Acme', /attribute type "" is not known/],
  ['X=Acme', /attribute type "X" is not known/],
  ['Oů=Acme', /is not known/],
  ['C=US, C=DE', /C stands twice/],
  ['S=WA, ST=WA', /ST stands twice/],
  ['O=a, 2.5.4.10=b', /O stands twice/],
  ['O=#04024869', /in hex/],
  ['O=Acme\\', /escapes nothing/],
  ['O=Ac\\me', /escapes nothing/],
  ['O=\\C3', /is not UTF-8/],
  ['O=a\0b', /needs a backslash/],
];

describe('parseDistinguishedName', () => {
  for (const [text, expected] of GOODIES) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(pairs(text), expected));
  }

  for (const [text, reason] of UGLIES) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const name = parseDistinguishedName(text);
      assert.ok('reason' in name);
      assert.match(name.reason, reason);
    });
  }

  it('reads back whatever is written', () => {
    const types = ['C', 'ST', 'L', 'O', 'OU', 'CN', '1.2.3'];
    const values = fc.record({
      types: fc.subarray(types, { minLength: 1 }),
      value: fc.string({ minLength: 1, unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(values, fc.constantFrom('', ' ', '#', '\\', ',', '\0'), ({ types: chosen, value }, before) => {
        const written: NameAttribute[] = chosen.map((type) => ({ type, value: `${before}${value}${before}` }));
        assert.deepEqual(parseDistinguishedName(formatDistinguishedName(written)), written);
      }),
    );
  });

  it('throws for no text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseDistinguishedName(text)));
  });
});

describe('attributeName', () => {
  it('names what distinguished names commonly have, and leaves other OIDs', () => {
    assert.deepEqual(['2.5.4.8', '1.2.840.113549.1.9.1', '1.2.3'].map(attributeName), ['ST', 'EMAILADDRESS', '1.2.3']);
  });
});
