import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { claimOfDeclared } from '../../src/evidence/declared-claim.ts';
import { detectBytes } from '../../src/evidence/detect.ts';
import { describeMismatch } from '../../src/evidence/subject-claim.ts';
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

describe('describeMismatch', () => {
  for (const [what, bytes] of ABOUT_THE_SUBJECT) {
    it(`lets ${what} be attached to the digest that it names, and to no other`, () => {
      const detection = detectBytes(bytes);
      assert.notEqual(detection.kind, 'unknown');
      assert.equal(describeMismatch(detection, SUBJECT) === undefined, true);
      assert.equal(describeMismatch(detection, OTHER_SUBJECT) === undefined, false);
      assert.match(
        describeMismatch(detection, OTHER_SUBJECT) ?? '',
        new RegExp(`${SUBJECT}.*not about ${OTHER_SUBJECT}`),
      );
    });
  }

  it('finds the digest among several subjects, by digest alone', () => {
    const subject = [OTHER_SUBJECT, SUBJECT].map((digest) => ({ name: 'same', digest: { sha256: hexOf(digest) } }));
    const detection = detectBytes(bytesOf(statement({ subject })));
    assert.equal(describeMismatch(detection, SUBJECT) === undefined, true);
    assert.equal(describeMismatch(detection, digestOf('a third')) === undefined, false);
  });

  it('compares digests of the same algorithm only', () => {
    const sha512 = digestOf('the manifest', 'sha512');
    const both = statement({ subject: [{ digest: { sha512: hexOf(sha512), sha256: hexOf(SUBJECT) } }] });
    const onlySha256 = statement({ subject: [{ digest: { sha256: hexOf(sha512).slice(0, 64) } }] });
    assert.equal(describeMismatch(detectBytes(bytesOf(both)), sha512) === undefined, true);
    assert.equal(describeMismatch(detectBytes(bytesOf(onlySha256)), sha512) === undefined, false);
  });

  it('does not take the digest for that of another algorithm', () => {
    const subject = [{ digest: { gitCommit: hexOf(SUBJECT), 'sha3-256': hexOf(SUBJECT) } }];
    const detection = detectBytes(bytesOf(statement({ subject })));
    assert.match(describeMismatch(detection, SUBJECT) ?? '', /not about/);
  });

  it('does not take a property of every object for an algorithm', () => {
    const detection = detectBytes(bytesOf(statement({ subject: [{ digest: {} }] })));
    assert.equal(describeMismatch(detection, 'constructor:x') === undefined, false);
  });

  it('has nothing against a document that names no subject', () => {
    assert.equal(describeMismatch(detectBytes(fixture('spdx-2.3.json')), SUBJECT) === undefined, true);
    assert.equal(describeMismatch(detectBytes(bytesOf(messageBundle(undefined))), SUBJECT), undefined);
    assert.equal(describeMismatch(detectBytes(bytesOf('text')), SUBJECT) === undefined, true);
    const foreign = envelope({ payloadType: 'text/plain', payload: base64('hello') });
    assert.equal(describeMismatch(detectBytes(bytesOf(foreign)), SUBJECT) === undefined, true);
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

describe('describeMismatch, what cannot be read', () => {
  for (const [what, bytes, reason] of UNREADABLE) {
    it(`covers nothing with ${what}`, () => {
      const detection = detectBytes(bytes);
      assert.notEqual(detection.kind, 'unknown', 'it is recognised all the same');
      assert.equal(describeMismatch(detection, SUBJECT) === undefined, false);
      assert.match(describeMismatch(detection, SUBJECT) ?? '', reason);
    });
  }
});

/** Documents about another digest that the strict parser refuses, or that are no object. */
const other = JSON.stringify(statement({ subject: [{ digest: { sha256: hexOf(OTHER_SUBJECT) } }] }));
const EVASIONS: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['a duplicate key', bytesOf(other.replace('{', '{"predicateType":"x",'))],
  [
    'a duplicate key and a type spelt with escapes',
    bytesOf(other.replace('{', '{"a":1,"a":2,').replaceAll('/', '\\u002f')),
  ],
  ['slashes that are escaped', bytesOf(`${other.replaceAll('/', '\\/')},`)],
  ['a clue that stands late', bytesOf(`{"pad":"${'x'.repeat(100_000)}","pad":1,${other.slice(1)}`)],
  ['an array around it', bytesOf(`[${other}]`)],
  ['two arrays around it', bytesOf(`[[${other}]]`)],
  ['a byte order mark', bytesOf(`\ufeff${other}`)],
  ['text in UTF-16', Buffer.from(`\ufeff${other}`, 'utf16le')],
  ['a comma after it', bytesOf(`${other},`)],
  ['its end cut off', bytesOf(other.slice(0, -1))],
  ['a field that makes it a near miss', bytesOf({ ...JSON.parse(other), predicateType: 1 })],
  ['SARIF around a near miss', bytesOf({ ...JSON.parse(other), predicateType: 1, version: '2.1.0', runs: [] })],
  ['an envelope without signatures', bytesOf(envelope({ signatures: [] }))],
  [
    'a bundle of a version that is not known',
    bytesOf(bundle({ mediaType: 'application/vnd.dev.sigstore.bundle+yaml' })),
  ],
  ['a Notation JWS with a duplicate key', bytesOf(JSON.stringify(notationJws()).replace('{', '{"payload":"",'))],
  ['a Notation COSE that goes on', Buffer.concat([notationCose(), Buffer.from([0])])],
  ['a simplesigning payload cut off', bytesOf(JSON.stringify(simplesigning()).slice(0, -1))],
];

describe('describeMismatch, marks of a format in what is not of that format', () => {
  for (const [what, bytes] of EVASIONS) {
    it(`covers nothing in spite of ${what}`, () => {
      assert.match(describeMismatch(detectBytes(bytes), SUBJECT) ?? '', /cannot be read/);
    });
  }

  const free = [
    ['broken JSON without marks', bytesOf('{"a":1,"a":2}')],
    ['an array of records', bytesOf([{ name: 'main', protected: false }])],
    ['lines without subjects', bytesOf('{"a":1}\n{"b":2}\n')],
    ['text that speaks of statements', bytesOf('see https://in-toto.io/Statement/v1')],
    ["somebody else's COSE", Buffer.from([0xd2, 0x84, 0x40, 0xa0, 0x40, 0x40])],
  ] as const;
  for (const [what, bytes] of free) {
    it(`has nothing against ${what}`, () => {
      assert.equal(describeMismatch(detectBytes(bytes), SUBJECT), undefined);
    });
  }
});

describe('describeMismatch, JSON Lines', () => {
  const good = JSON.stringify(statement());
  const lines = (...texts: string[]) => detectBytes(bytesOf(`${texts.join('\n')}\n`));

  it('lets lines pass of which each covers the subject, or names none', () => {
    assert.equal(lines(good, '', good).kind, 'unknown');
    assert.equal(describeMismatch(lines(good, '', good), SUBJECT), undefined);
    assert.equal(describeMismatch(lines('{"a":1}', good), SUBJECT), undefined);
  });

  it('refuses a file of which one line is about another digest, wherever it stands', () => {
    for (const file of [lines(good, other), lines(other, good), lines('{"a":1}', other), lines('[1]', `[${other}]`)]) {
      assert.notEqual(describeMismatch(file, SUBJECT), undefined);
    }
    assert.match(describeMismatch(lines(good, other), SUBJECT) ?? '', /one does not fit: it is about sha256:/);
  });

  it('refuses lines of which one cannot be read', () => {
    assert.match(describeMismatch(lines(good, '{"a":1,"a":2}'), SUBJECT) ?? '', /cannot be read/);
  });
});

describe('claimOfDeclared', () => {
  const DECLARED = [
    'application/vnd.in-toto+json',
    'Application/VND.in-toto+json',
    'application/vnd.in-toto.provenance+dsse+json',
    'application/vnd.dsse.envelope.v1+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'application/vnd.cncf.notary.signature',
    'application/vnd.dev.cosign.simplesigning.v1+json',
    'application/vnd.dev.cosign.artifact.sig.v1+json',
  ];
  for (const type of DECLARED) {
    it(`counts a text or an SBOM that is declared as ${type} as unreadable`, () => {
      for (const detection of [detectBytes(bytesOf('text')), detectBytes(fixture('spdx-2.3.json'))]) {
        assert.equal(claimOfDeclared(detection, [undefined, type]).kind, 'unreadable');
        assert.match(describeMismatch({ claim: claimOfDeclared(detection, [type]) }, SUBJECT) ?? '', /declared as/);
      }
    });
  }

  it('leaves the claim of a statement or signature as its content has it', () => {
    for (const [, bytes] of ABOUT_THE_SUBJECT) {
      const detection = detectBytes(bytes);
      assert.equal(claimOfDeclared(detection, ['application/vnd.in-toto+json']), detection.claim);
    }
  });

  it('says nothing of other types, and nothing of no type', () => {
    const detection = detectBytes(bytesOf('text'));
    for (const type of [undefined, 'text/plain', 'application/vnd.dev.cosign.artifact.sbom.v1+json']) {
      assert.deepEqual(claimOfDeclared(detection, [type]), { kind: 'none' });
    }
  });
});
