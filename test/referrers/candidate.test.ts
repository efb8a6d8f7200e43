import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { type Candidate, mergeCandidates } from '../../src/referrers/candidate.ts';
import { sampleManifest } from '../support/sample-tree.ts';

const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];
const plain: Descriptor = { mediaType: OCI_MANIFEST, digest: a, size: 1 };
const annotated: Descriptor = { ...plain, annotations: { k: 'v' } };
const typed: Descriptor = { ...plain, artifactType: 'a/b' };

function candidate(listed: Descriptor | undefined, ...sources: Candidate['sources']): Candidate {
  return { digest: listed?.digest ?? a, listed, sources };
}

describe('mergeCandidates', () => {
  it('keeps each digest once, in the order of first sight', () => {
    const groups = [
      [candidate({ ...plain, digest: b }, 'api'), candidate(plain, 'api')],
      [candidate(plain, 'tag-schema'), candidate({ ...plain, digest: c }, 'tag-schema')],
    ];
    assert.deepEqual(
      mergeCandidates(groups).map(({ digest }) => digest),
      [b, a, c],
    );
  });

  it('marks a digest with every source, in one order whatever came first', () => {
    const merged = mergeCandidates([
      [candidate(plain, 'cosign-tags'), candidate(plain, 'api')],
      [candidate(plain, 'in-index'), candidate(plain, 'tag-schema'), candidate(plain, 'api')],
    ]);
    assert.deepEqual(
      merged.map(({ sources }) => sources),
      [['api', 'tag-schema', 'in-index', 'cosign-tags']],
    );
  });

  const ENTRIES: readonly [
    title: string,
    first: Descriptor | undefined,
    second: Descriptor | undefined,
    kept: unknown,
  ][] = [
    ['the one with a type before one without', annotated, typed, typed],
    ['the first of two without a type', annotated, plain, annotated],
    ['the first of two with a type', typed, { ...typed, size: 2 }, typed],
    ['the valid one before one that is no descriptor', undefined, plain, plain],
    ['the first where the second is no descriptor', plain, undefined, plain],
    ['none where neither is a descriptor', undefined, undefined, undefined],
  ];
  for (const [title, first, second, kept] of ENTRIES) {
    it(`keeps ${title}`, () => {
      const [merged] = mergeCandidates([[candidate(first, 'api')], [candidate(second, 'in-index')]]);
      assert.deepEqual(merged?.listed, kept);
    });
  }

  it('keeps the bytes that one source gave', () => {
    const manifest = sampleManifest({ type: 'a/b' }, b);
    const [merged] = mergeCandidates([
      [candidate(plain, 'api')],
      [{ ...candidate(plain, 'cosign-tags'), manifest }],
      [candidate(plain, 'in-index')],
    ]);
    assert.equal(merged?.manifest, manifest);
  });
});
