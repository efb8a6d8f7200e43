import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectBytes } from '../../src/evidence/detect.ts';
import { describeMismatch, statementCovers } from '../../src/evidence/subject-claim.ts';
import { digestOf } from '../../src/oci/digest.ts';
import {
  base64,
  bundle,
  bytesOf,
  envelope,
  fixture,
  hexOf,
  messageBundle,
  notationCose,
  notationJws,
  OTHER_SUBJECT,
  SUBJECT,
  simplesigning,
  statement,
} from './samples.ts';

const messageDigest = { algorithm: 'SHA2_256', digest: Buffer.from(hexOf(SUBJECT), 'hex').toString('base64') };

const ABOUT_THE_SUBJECT: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['a bundle with a statement', bytesOf(bundle())],
  ['a bundle with a message signature', bytesOf(messageBundle(messageDigest))],
  ['a DSSE envelope', bytesOf(envelope())],
  ['a statement', bytesOf(statement())],
  ['a Notation JWS', bytesOf(notationJws())],
  ['a Notation COSE', notationCose()],
  ['a simplesigning payload', bytesOf(simplesigning())],
];

describe('statementCovers', () => {
  for (const [what, bytes] of ABOUT_THE_SUBJECT) {
    it(`lets ${what} be attached to the digest that it names, and to no other`, () => {
      const detection = detectBytes(bytes);
      assert.notEqual(detection.kind, 'unknown');
      assert.equal(statementCovers(detection, SUBJECT), true);
      assert.equal(statementCovers(detection, OTHER_SUBJECT), false);
      assert.match(
        describeMismatch(detection, OTHER_SUBJECT) ?? '',
        new RegExp(`${SUBJECT}.*not about ${OTHER_SUBJECT}`),
      );
    });
  }

  it('finds the digest among several subjects, by digest alone', () => {
    const subject = [OTHER_SUBJECT, SUBJECT].map((digest) => ({ name: 'same', digest: { sha256: hexOf(digest) } }));
    const detection = detectBytes(bytesOf(statement({ subject })));
    assert.equal(statementCovers(detection, SUBJECT), true);
    assert.equal(statementCovers(detection, digestOf('a third')), false);
  });

  it('compares digests of the same algorithm only', () => {
    const sha512 = digestOf('the manifest', 'sha512');
    const both = statement({ subject: [{ digest: { sha512: hexOf(sha512), sha256: hexOf(SUBJECT) } }] });
    const onlySha256 = statement({ subject: [{ digest: { sha256: hexOf(sha512).slice(0, 64) } }] });
    assert.equal(statementCovers(detectBytes(bytesOf(both)), sha512), true);
    assert.equal(statementCovers(detectBytes(bytesOf(onlySha256)), sha512), false);
  });

  it('does not take a property of every object for an algorithm', () => {
    const detection = detectBytes(bytesOf(statement({ subject: [{ digest: {} }] })));
    assert.equal(statementCovers(detection, 'constructor:x'), false);
  });

  it('has nothing against a document that names no subject', () => {
    assert.equal(statementCovers(detectBytes(fixture('spdx-2.3.json')), SUBJECT), true);
    assert.equal(statementCovers(detectBytes(bytesOf(messageBundle(undefined))), SUBJECT), true);
    assert.equal(statementCovers(detectBytes(bytesOf('text')), SUBJECT), true);
    const foreign = envelope({ payloadType: 'text/plain', payload: base64('hello') });
    assert.equal(statementCovers(detectBytes(bytesOf(foreign)), SUBJECT), true);
  });

  it('lets a statement about nothing be attached nowhere', () => {
    const detection = detectBytes(bytesOf(statement({ subject: [] })));
    assert.match(describeMismatch(detection, SUBJECT) ?? '', /names no subject at all/);
  });

  it('names three subjects at most, and how many more there are', () => {
    const subject = Array.from({ length: 5 }, (_, i) => ({ name: `n${i}`, digest: { sha256: hexOf(OTHER_SUBJECT) } }));
    const mismatch = describeMismatch(detectBytes(bytesOf(statement({ subject }))), SUBJECT) ?? '';
    assert.match(mismatch, /"n0" \(sha256:[0-9a-f]{64}\), "n1" .*, "n2" .* and 2 more, not about/);
    assert.doesNotMatch(mismatch, /n3/);
  });
});

const UNREADABLE: readonly (readonly [what: string, bytes: Uint8Array, reason: RegExp])[] = [
  ['a payload that is not base64', bytesOf(bundle({ dsseEnvelope: envelope({ payload: '{}' }) })), /not base64/],
  ['a payload that is not JSON', bytesOf(envelope({ payload: base64('x') })), /not valid JSON/],
  ['a payload with a duplicate key', bytesOf(envelope({ payload: base64('{"a":1,"a":2}') })), /duplicate key/],
  ['a payload that is no statement', bytesOf(envelope({ payload: base64({}) })), /its _type is null/],
  [
    'a statement without subjects',
    bytesOf(envelope({ payload: base64(statement({ subject: {} })) })),
    /subject is not an array/,
  ],
  ['a message digest of an unknown kind', bytesOf(messageBundle({ algorithm: 'MD5', digest: 'AA==' })), /"MD5"/],
  [
    'a message digest of the wrong length',
    bytesOf(messageBundle({ ...messageDigest, digest: 'AA==' })),
    /not 32 bytes/,
  ],
  ['a message digest that is no object', bytesOf(messageBundle('x')), /not an object/],
  ['a Notation payload that is not base64url', bytesOf(notationJws({ payload: '{' })), /not base64url/],
  ['a Notation payload without target', bytesOf(notationJws({ payload: base64({}) })), /no targetArtifact/],
  ['a simplesigning payload without digest', bytesOf(simplesigning(null)), /not a digest: null/],
];

describe('statementCovers, what cannot be read', () => {
  for (const [what, bytes, reason] of UNREADABLE) {
    it(`covers nothing with ${what}`, () => {
      const detection = detectBytes(bytes);
      assert.notEqual(detection.kind, 'unknown', 'it is recognised all the same');
      assert.equal(statementCovers(detection, SUBJECT), false);
      assert.match(describeMismatch(detection, SUBJECT) ?? '', reason);
    });
  }
});
