import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FoundCandidate } from '../../src/gate/gather-candidates.ts';
import { Inquiry, MAX_CANDIDATES, unmetSubjects } from '../../src/gate/inquiry.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { CELL_STATES, type ImageVerdict } from '../../src/policy/verdict.ts';
import type { ReferrerSource } from '../../src/referrers/types.ts';
import { makeImage } from '../policy/make-evidence.ts';
import { absentDescriptor } from '../support/sample-image.ts';

const subject = absentDescriptor('image');

function found(name: string, ...sources: ReferrerSource[]): FoundCandidate {
  const listed = absentDescriptor(name);
  return { subject, candidate: { digest: listed.digest, listed, sources } };
}

const nothing = { gaps: [], deferred: [] };

describe('an inquiry', () => {
  it('takes a candidate in once for each source that names it', () => {
    const inquiry = new Inquiry();
    inquiry.add({ ...nothing, found: [found('a', 'api'), found('b', 'tag-schema')] });
    assert.equal(inquiry.take(() => true).length, 2);
    inquiry.add({ ...nothing, found: [found('a', 'api')] });
    assert.equal(inquiry.take(() => true).length, 0);
    // a list that names a cosign signature as its own must not hide the tag's
    inquiry.add({ ...nothing, found: [found('b', 'tag-schema', 'cosign-tags')] });
    assert.equal(inquiry.take(() => true).length, 1);
  });

  it(`examines ${MAX_CANDIDATES} candidates, those that were taken first; the others are a gap`, () => {
    const inquiry = new Inquiry();
    const junk = Array.from({ length: MAX_CANDIDATES + 5 }, (_, i) => found(`junk ${i}`, 'api'));
    const good = found('good', 'api');
    inquiry.add({ ...nothing, found: [...junk, good] });
    assert.deepEqual(
      inquiry.take(({ candidate }) => candidate.digest === good.candidate.digest),
      [good],
    );
    assert.equal(inquiry.take(() => true).length, MAX_CANDIDATES - 1);
    const [gap, ...others] = inquiry.gaps;
    assert.deepEqual([gap?.source, gap?.code, gap?.subject, others], ['api', 'page-limit', subject.digest, []]);
    assert.match(gap?.hint ?? '', /`bundles`/);
    assert.match(
      gap?.reason ?? '',
      /^more than 1000 referrers are listed; sha256:[0-9a-f]{64} and 5 more were not read$/,
    );
  });
});

describe('the subjects that are looked at further', () => {
  it('are those of cells that fail or are not known, and the image that stands for its platforms', () => {
    const image = makeImage();
    const cells = CELL_STATES.map((state) => ({ state, digest: digestOf(state) }));
    const verdict = { rules: [{ cells }] } as unknown as ImageVerdict;
    assert.deepEqual(unmetSubjects(verdict, image), new Set([image.digest, digestOf('fail'), digestOf('unknown')]));
  });

  it('takes of each subject in turn where there are too many, so that a flood on one hides nothing on another', () => {
    const inquiry = new Inquiry();
    const junk = Array.from({ length: MAX_CANDIDATES * 2 }, (_, i) => found(`junk ${i}`, 'api'));
    const others = ['amd64', 'arm64'].map((name) => ({ ...found(name, 'api'), subject: absentDescriptor(name) }));
    inquiry.add({ ...nothing, found: [...junk, ...others] });
    const taken = inquiry.take(() => true);
    assert.equal(taken.length, MAX_CANDIDATES);
    for (const one of others) assert.ok(taken.includes(one));
    assert.deepEqual(
      inquiry.gaps.map((gap) => gap.subject),
      [subject.digest],
    );
  });
});
