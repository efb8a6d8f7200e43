import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { type RawEntry, rawEntryOf } from '../../src/referrers/fallback-edit.ts';
import { judgeFound, judgeListed } from '../../src/referrers/repair-judgement.ts';
import type { FoundManifest } from '../../src/referrers/repair-read.ts';

const SUBJECT = digestOf('the image');
const OTHER = digestOf('another image');

const descriptor: Descriptor = {
  mediaType: OCI_MANIFEST,
  digest: digestOf('a referrer'),
  size: 7,
  artifactType: 'application/spdx+json',
  annotations: { a: '1', b: '2' },
};
const { digest } = descriptor;

function referrerOf(subject = SUBJECT): FoundManifest {
  return { state: 'referrer', digest, subject, descriptor };
}
function listedAs(change: Readonly<Record<string, unknown>>): RawEntry {
  const json = { ...JSON.parse(rawEntryOf(descriptor).text), ...change };
  return { digest, text: JSON.stringify(json) };
}

describe('an entry that the list has', () => {
  const kept: readonly (readonly [string, RawEntry])[] = [
    ['as we would write it', rawEntryOf(descriptor)],
    ['with its annotations in another order', listedAs({ annotations: { b: '2', a: '1' } })],
    ['with fields of others', listedAs({ platform: { os: 'linux' }, 'x.acme': [1] })],
  ];
  for (const [title, entry] of kept) {
    it(`is kept ${title}`, () => {
      assert.equal(judgeListed(entry, referrerOf(), SUBJECT).change, 'kept');
    });
  }

  const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['mediaType', { mediaType: OCI_INDEX }],
    ['size', { size: 8 }],
    ['size, as a text', { size: '7' }],
    ['artifactType', { artifactType: 'application/vnd.cyclonedx+json' }],
    ['artifactType, absent', { artifactType: undefined }],
    ['annotations, one lost', { annotations: { a: '1' } }],
    ['annotations, one more', { annotations: { a: '1', b: '2', c: '3' } }],
    ['annotations, one changed', { annotations: { a: '1', b: 'x' } }],
    ['annotations, absent', { annotations: undefined }],
    ['annotations, a list', { annotations: ['1', '2'] }],
  ];
  for (const [field, change] of wrong) {
    it(`is corrected to what the manifest says where it is wrong in ${field}`, () => {
      const judged = judgeListed(listedAs(change), referrerOf(), SUBJECT);
      assert.deepEqual([judged.change, judged.descriptor], ['corrected', descriptor]);
    });
  }
  it('is corrected where it stands more than once', () => {
    const judged = judgeListed({ ...rawEntryOf(descriptor), repeated: true }, referrerOf(), SUBJECT);
    assert.deepEqual([judged.change, judged.descriptor], ['corrected', descriptor]);
  });

  const gone: readonly (readonly [string, FoundManifest, RegExp])[] = [
    ['the registry does not hold', { state: 'gone', digest }, /does not hold/],
    ['has no subject', { state: 'no-referrer', digest }, /refers to nothing/],
    ['has another subject', referrerOf(OTHER), new RegExp(`refers to ${OTHER}`)],
  ];
  for (const [what, found, why] of gone) {
    it(`is removed where it names what ${what}, and nothing is written in its place`, () => {
      const judged = judgeListed(rawEntryOf(descriptor), found, SUBJECT);
      assert.deepEqual([judged.change, judged.descriptor], ['removed', undefined]);
      assert.match(judged.why, why);
    });
  }
  it('stays as it is where what it names could not be read, or was not', () => {
    const error = Object.assign(new Error('status 503'), { code: 'server-error' }) as never;
    for (const found of [{ state: 'unread', digest, error } as const, undefined]) {
      assert.equal(judgeListed(rawEntryOf(descriptor), found, SUBJECT).change, 'unread');
    }
  });
});

describe('what was found beside the list', () => {
  const none = new Set<typeof digest>();
  it('is added where it refers to the image', () => {
    const [judged, ...others] = judgeFound(SUBJECT, none, { given: [referrerOf()] });
    assert.deepEqual([judged?.change, judged?.descriptor, others], ['added', descriptor, []]);
  });
  it('is not added where it refers to another image, to nothing, or is not there', () => {
    const found: readonly FoundManifest[] = [
      referrerOf(OTHER),
      { state: 'no-referrer', digest },
      { state: 'gone', digest },
    ];
    for (const one of found) {
      assert.deepEqual(judgeFound(SUBJECT, none, { 'unique-tag': [one], given: [one] }), []);
    }
  });
  it('is not added a second time where the list has it', () => {
    assert.deepEqual(judgeFound(SUBJECT, new Set([digest]), { given: [referrerOf()] }), []);
  });
  it('is one entry with all its sources, however many ways led to it', () => {
    const [judged, ...others] = judgeFound(SUBJECT, none, { 'unique-tag': [referrerOf()], given: [referrerOf()] });
    assert.deepEqual([judged?.change, judged?.sources, others], ['added', ['unique-tag', 'given'], []]);
  });
});
