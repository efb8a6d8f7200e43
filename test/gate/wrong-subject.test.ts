import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClaimedSubject } from '../../src/evidence/detection.ts';
import type { SignedClaim } from '../../src/evidence/signed-evidence.ts';
import { describeWrongSubject } from '../../src/gate/wrong-subject.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { absentDescriptor } from '../support/sample-image.ts';

const subject = absentDescriptor('image');
const other = digestOf('other');
const hex = subject.digest.slice('sha256:'.length);

function statement(...subjects: ClaimedSubject['digest'][]): SignedClaim {
  return {
    kind: 'statement',
    statement: {
      type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://example.com/x',
      subjects: subjects.map((digest) => ({ name: 'ghcr.io/acme/app', digest })),
      predicate: {},
    },
  };
}

function target(parts: Partial<Extract<SignedClaim, { kind: 'manifest-digest' }>>): SignedClaim {
  return { kind: 'manifest-digest', digest: subject.digest, annotations: {}, ...parts };
}

describe('what signed bytes are about', () => {
  const RIGHT: readonly (readonly [string, SignedClaim])[] = [
    ['a statement about the digest', statement({ sha256: hex })],
    ['one of several subjects', statement({ sha256: 'a'.repeat(64) }, { sha256: hex })],
    ['one of several digests of a subject', statement({ sha512: 'b'.repeat(128), sha256: hex })],
    ['a target', target({})],
    ['a target with the type and size', target({ mediaType: subject.mediaType, size: subject.size })],
    ['a message without a digest', { kind: 'message', digest: undefined }],
    ['a message with the digest', { kind: 'message', digest: subject.digest }],
  ];
  for (const [title, claim] of RIGHT) {
    it(`${title}: it is about the image`, () => assert.equal(describeWrongSubject(claim, subject), undefined));
  }

  const WRONG: readonly (readonly [string, SignedClaim, RegExp])[] = [
    ['another digest', statement({ sha256: 'a'.repeat(64) }), /^sha256:a{64}$/],
    ['the digest in upper case', statement({ sha256: hex.toUpperCase() }), /^sha256:/],
    ['the digest under another algorithm', statement({ gitCommit: hex }), /^gitCommit:/],
    ['the digest cut short', statement({ sha256: hex.slice(0, 32) }), /^sha256:/],
    ['a name alone', statement({}), /ghcr\.io\/acme\/app/],
    ['many others', statement(...Array.from({ length: 9 }, () => ({ sha256: 'c'.repeat(64) }))), /and 6 more$/],
    ['another target', target({ digest: other }), new RegExp(`^${other}$`)],
    ['a target of another type', target({ mediaType: 'text/plain' }), /as text\/plain$/],
    ['a target of another size', target({ size: subject.size + 1 }), /with \d+ bytes$/],
    ['a message of another digest', { kind: 'message', digest: other }, new RegExp(`^${other}$`)],
  ];
  for (const [title, claim, says] of WRONG) {
    it(`${title}: it is not, and says what it is about`, () =>
      assert.match(describeWrongSubject(claim, subject) ?? '', says));
  }
});
