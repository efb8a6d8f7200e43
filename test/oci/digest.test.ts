import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import {
  algorithmOf,
  computableAlgorithm,
  type Digest,
  digestOf,
  encodedOf,
  hasherFor,
  isDigest,
  parseDigest,
  verifyBytes,
} from '../../src/oci/digest.ts';
import { fc } from '../support/fast-check.ts';

const HEX = '0123456789abcdef'.repeat(4);

describe('isDigest', () => {
  const GOODIES = [
    `sha256:${HEX}`,
    `sha512:${HEX}${HEX}`,
    `blake3:${HEX}`,
    'multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8',
    'sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564',
    'test+a-b_c.d:=_-Az09',
    'x:0',
  ];
  for (const text of GOODIES) {
    it(`takes ${text}`, () => {
      assert.ok(isDigest(text));
      assert.equal(parseDigest(text), text);
    });
  }

  const UGLIES = [
    '',
    ':',
    'sha256',
    'sha256:',
    `:${HEX}`,
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX}0`,
    `sha256:${HEX.toUpperCase()}`,
    `sha256:${HEX.replace('0', 'g')}`,
    `sha512:${HEX}`,
    `blake3:${HEX}${HEX}`,
    `SHA256:${HEX}`,
    `sha256-${HEX}`,
    ` sha256:${HEX}`,
    `sha256:${HEX}\n`,
    `sha256:${HEX}/..`,
    'a++b:0',
    '+a:0',
    'a+:0',
    'a:b:c',
    'a:%2e',
    'a:é',
  ];
  for (const text of UGLIES) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.ok(!isDigest(text));
      assert.throws(
        () => parseDigest(text, 'the digest'),
        (error) => {
          assert.ok(error instanceof CodedError);
          assert.equal(error.code, 'digest-invalid');
          assert.equal(error.message, `the digest ${JSON.stringify(text)} is not a valid digest`);
          return true;
        },
      );
    });
  }

  it('takes exactly what the grammar makes, and splits it where it was joined', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    const algorithm = fc
      .tuple(word, fc.array(fc.tuple(fc.constantFrom('+', '.', '_', '-'), word), { maxLength: 3 }))
      .map(([first, rest]) => first + rest.flat().join(''))
      .filter((name) => !['sha256', 'sha512', 'blake3'].includes(name));
    fc.assert(
      fc.property(algorithm, fc.stringMatching(/^[a-zA-Z0-9=_-]{1,20}$/), (name, encoded) => {
        const digest = `${name}:${encoded}`;
        assert.ok(isDigest(digest));
        assert.deepEqual([algorithmOf(digest), encodedOf(digest)], [name, encoded]);
        assert.equal(computableAlgorithm(digest), undefined);
        assert.ok(!isDigest(`${digest}.`));
        assert.ok(!isDigest(`${name}+:${encoded}`));
      }),
    );
  });

  it('takes the digest of any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256' as const, 'sha512' as const), (bytes, algorithm) => {
        const digest = digestOf(bytes, algorithm);
        assert.ok(isDigest(digest));
        assert.equal(encodedOf(digest), createHash(algorithm).update(bytes).digest('hex'));
        assert.equal(computableAlgorithm(digest), algorithm);
        assert.doesNotThrow(() => verifyBytes(bytes, digest, bytes.byteLength, 'it'));
      }),
    );
  });
});

describe('verifyBytes', () => {
  const bytes = new TextEncoder().encode('{}');
  const digest = digestOf(bytes);

  it('says what was expected and what came', () => {
    const other = digestOf('other');
    assert.throws(() => verifyBytes(bytes, other, undefined, 'blob x'), {
      code: 'digest-mismatch',
      message: `blob x: expected ${other}, but the bytes hash to ${digest}`,
    });
  });

  it('looks at the size before it hashes', () => {
    const uncomputable: Digest = `blake3:${HEX}`;
    const message = 'blob x: expected 3 bytes, got 2';
    assert.throws(() => verifyBytes(bytes, uncomputable, 3, 'blob x'), { code: 'digest-mismatch', message });
  });

  it('does not take an algorithm that it cannot compute for proved', () => {
    assert.throws(() => verifyBytes(bytes, `blake3:${HEX}`, 2, 'blob x'), { code: 'digest-invalid' });
    assert.throws(() => hasherFor('md5:d41d8cd98f00b204e9800998ecf8427e'), {
      code: 'digest-invalid',
      message: 'digest algorithm md5 of md5:d41d8cd98f00b204e9800998ecf8427e cannot be computed here',
    });
  });

  it('knows the digests of nothing and of the empty object', () => {
    assert.equal(digestOf(''), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    assert.equal(digestOf('{}'), 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  });
});
