import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { judgeFound, judgeListed } from '../../src/referrers/repair-judgement.ts';
import type { FoundManifest } from '../../src/referrers/repair-read.ts';

const subject = digestOf('image');
const digest = digestOf('referrer');
const TRUE: Descriptor = {
  mediaType: OCI_MANIFEST,
  digest,
  size: 500,
  artifactType: 'application/vnd.example.report',
  annotations: { a: '1', b: '2' },
};
const found = { state: 'referrer', digest, subject, descriptor: TRUE } as const;
const unread: FoundManifest = { state: 'unread', digest, error: new CodedError('server-error', 'HTTP 500') };

function judge(said: object, descriptor: Descriptor = TRUE): string {
  return judgeListed({ digest, text: JSON.stringify(said) }, { ...found, descriptor }, subject).change;
}

describe('an entry of the list, held against the bytes of its manifest,', () => {
  for (const [what, lie] of [
    ['media type', { mediaType: OCI_INDEX }],
    ['size', { size: 501 }],
    ['artifact type', { artifactType: 'application/x.lie' }],
    ['artifact type that it lacks', { artifactType: undefined }],
    ['annotation', { annotations: { a: '1', b: '3' } }],
    ['annotation that it lacks', { annotations: { a: '1' } }],
    ['annotation too many', { annotations: { a: '1', b: '2', c: '3' } }],
    ['annotations that it lacks altogether', { annotations: undefined }],
    ['artifact type in the eyes of some clients', { ArtifactType: 'application/x.lie' }],
  ] as const) {
    it(`is corrected for another ${what}`, () => assert.equal(judge({ ...TRUE, ...lie }), 'corrected'));
  }

  it('is kept with other fields, another order of keys, or an empty field in place of none', () => {
    const { annotations, ...rest } = TRUE;
    assert.equal(judge(TRUE), 'kept');
    assert.equal(judge({ annotations: { b: '2', a: '1' }, ...rest, 'x-future': 1, platform: { os: 'linux' } }), 'kept');
    const { artifactType: _, ...plain } = rest;
    assert.equal(judge({ ...plain, artifactType: '', annotations: {} }, plain), 'kept');
    assert.equal(judge({ ...plain, annotations: null }, plain), 'kept');
    assert.equal(judge(plain, { ...plain, annotations: {} }), 'kept');
  });

  it('is taken out if it refers to nothing or to another image, for good; if it is gone, until it comes back', () => {
    const entry = { digest, text: JSON.stringify(TRUE) };
    const judged = (one: FoundManifest): unknown[] => {
      const { change, isGone } = judgeListed(entry, one, subject);
      return [change, isGone];
    };
    assert.deepEqual(judged({ state: 'no-referrer', digest }), ['removed', undefined]);
    assert.deepEqual(judged({ ...found, subject: digestOf('another') }), ['removed', undefined]);
    assert.deepEqual(judged({ state: 'gone', digest }), ['removed', true]);
    assert.deepEqual(judged(unread), ['unread', undefined]);
  });
});

describe('a referrer that the list lacks', () => {
  it('is added where any way of reading it worked, whatever the order', () => {
    for (const sources of [
      { 'unique-tag': [found], given: [unread] },
      { 'unique-tag': [unread], given: [found] },
    ]) {
      const [entry, ...rest] = judgeFound(subject, new Set(), sources);
      assert.deepEqual([entry?.change, entry?.sources, entry?.descriptor], ['added', ['unique-tag', 'given'], TRUE]);
      assert.deepEqual(rest, []);
    }
  });

  it('is one entry, however often it was found', () => {
    const [entry] = judgeFound(subject, new Set(), { 'unique-tag': [found, found], enumerated: [found] });
    assert.deepEqual(entry?.sources, ['unique-tag', 'enumerated']);
  });
});
