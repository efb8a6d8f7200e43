import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDigest } from '../../src/oci/digest.ts';
import { isTag } from '../../src/oci/reference.ts';
import { buildCosignTag, buildReferrersTag, kindOfDigestTag } from '../../src/oci/referrers-tag.ts';
import { fc } from '../support/fast-check.ts';

const HEX = '0123456789abcdef'.repeat(4);

describe('buildReferrersTag', () => {
  // the third is a row of the specification's own table: distribution-spec 1.1 "Referrers Tag Schema"
  const ROWS: readonly [digest: `${string}:${string}`, tag: string][] = [
    [`sha256:${HEX}`, `sha256-${HEX}`],
    [`sha512:${HEX}${HEX}`, `sha512-${HEX}`],
    [
      'test+algorithm+using+algorithm+separators+and+lots+of+characters+to+excercise+overall+truncation:alsoSome=InTheEncodedSectionToShowHyphenReplacementAndLotsAndLotsOfCharactersToExcerciseEncodedTruncation',
      'test-algorithm-using-algorithm-s-alsoSome-InTheEncodedSectionToShowHyphenReplacementAndLotsAndLot',
    ],
    ['a.b_c:x=y_z-', 'a.b_c-x-y_z-'],
  ];
  for (const [digest, tag] of ROWS) {
    it(`makes ${tag.slice(0, 40)} of ${digest.slice(0, 40)}`, () => assert.equal(buildReferrersTag(digest), tag));
  }

  it('makes a tag of at most 97 characters of any digest', () => {
    const digests = fc
      .tuple(
        fc.stringMatching(/^[a-z0-9]{1,20}([+._-][a-z0-9]{1,20}){0,3}$/),
        fc.stringMatching(/^[a-zA-Z0-9=_-]{1,150}$/),
      )
      .map(([algorithm, encoded]) => `${algorithm}:${encoded}`)
      .filter(isDigest);
    fc.assert(
      fc.property(digests, (digest) => {
        const tag = buildReferrersTag(digest);
        assert.ok(isTag(tag) && tag.length <= 97, tag);
      }),
    );
  });
});

describe('buildCosignTag', () => {
  it('is the digest with a dash and a suffix', () => {
    assert.equal(buildCosignTag(`sha256:${HEX}`, 'sig'), `sha256-${HEX}.sig`);
  });

  it('is no tag for a sha512 digest', () => {
    assert.ok(!isTag(buildCosignTag(`sha512:${HEX}${HEX}`, 'sbom')));
  });
});

describe('kindOfDigestTag', () => {
  const ROWS: readonly [tag: string, kind: ReturnType<typeof kindOfDigestTag>][] = [
    [`sha256-${HEX}`, 'referrers'],
    [`sha512-${HEX}`, 'referrers'],
    [`sha256-${HEX}.sig`, 'cosign'],
    [`sha512-${HEX}${HEX}.att`, 'cosign'],
    [`sha256-${HEX.slice(1)}`, undefined],
    [`sha256-${HEX}a`, undefined],
    [`build-${HEX}`, undefined],
    ['latest', undefined],
  ];
  for (const [tag, kind] of ROWS) it(`takes ${tag} for ${kind}`, () => assert.equal(kindOfDigestTag(tag), kind));
});
