import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { isMediaType, parseArtifactType, parseMediaType } from '../../src/oci/artifact-type.ts';
import { bareMediaType } from '../../src/oci/media-types.ts';
import { fc } from '../support/fast-check.ts';

describe('parseArtifactType', () => {
  for (const text of [
    'application/spdx+json',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    'a/b',
    'A/B',
    'x!#$&-^_.+/0',
    `${'a'.repeat(127)}/${'b'.repeat(127)}`,
  ]) {
    it(`takes ${text.slice(0, 60)}`, () => assert.equal(parseArtifactType(text), text));
  }

  const UGLIES: readonly [text: string, why: RegExp][] = [
    ['', /it has no slash$/],
    ['json', /it has no slash$/],
    ['a/b;version=0.1', /it has parameters, which registries refuse$/],
    ['a/b/c', /not type\/subtype/],
    ['/b', /not type\/subtype/],
    ['a/', /not type\/subtype/],
    ['.a/b', /not type\/subtype/],
    ['a/+b', /not type\/subtype/],
    ['a /b', /not type\/subtype/],
    ['a/b\n', /not type\/subtype/],
    ['a/*', /not type\/subtype/],
    ['a/é', /not type\/subtype/],
    [`${'a'.repeat(128)}/b`, /not type\/subtype/],
    [`a/${'b'.repeat(128)}`, /not type\/subtype/],
  ];
  for (const [text, why] of UGLIES) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
      assert.throws(
        () => parseArtifactType(text),
        (error) => {
          assert.ok(error instanceof CodedError);
          assert.equal(error.code, 'artifact-type-invalid');
          assert.match(error.message, why);
          return true;
        },
      );
      assert.throws(() => parseMediaType(text), { code: 'media-type-invalid' });
    });
  }

  it('takes only what stands in one line without blanks', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z/+;. ]{0,12}$/)), (text) => {
        if (isMediaType(text)) assert.match(text, /^[\x21-\x7e]+\/[\x21-\x7e]+$/);
        else assert.throws(() => parseArtifactType(text), CodedError);
      }),
    );
  });
});

describe('bareMediaType', () => {
  it('leaves out parameters and case', () => {
    assert.equal(bareMediaType('Application/JSON; charset=utf-8'), 'application/json');
    assert.equal(bareMediaType(' a/b ;x'), 'a/b');
    assert.equal(bareMediaType(';x'), undefined);
    assert.equal(bareMediaType(''), undefined);
    assert.equal(bareMediaType(undefined), undefined);
  });
});
