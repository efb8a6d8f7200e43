import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/oci/digest.ts';
import { evidencePlace, explanationOf, rootAge, smallestTime } from '../../src/report/evidence-text.ts';
import { SAMPLE_ROOT, sampleItem, untrusted, verified } from '../support/sample-verdict.ts';

describe('explanationOf', () => {
  const judgement = untrusted('x', digestOf('x'));
  const told = (explanation: string | undefined, reason: string) =>
    explanationOf({ ...judgement, reason, mismatch: { rows: [], paste: '', ...(explanation && { explanation }) } });

  it('says who called whom, and nothing where the reason named the workflow already', () => {
    assert.match(explanationOf(judgement) ?? '', /^signed by reusable workflow .*, called from /);
    assert.equal(told('signed by workflow a/b/c@d', 'signed by a/b/c@d, which differs in ref'), undefined);
    assert.equal(told('signed by workflow a/b/c@d', 'it differs in ref'), 'signed by workflow a/b/c@d');
    assert.equal(told(undefined, 'it differs'), undefined);
  });
});

describe('evidencePlace', () => {
  const place = (rest: Parameters<typeof sampleItem>[2]) =>
    evidencePlace(sampleItem('x', digestOf('x'), rest), 'r.io/a');
  it('names the sources of a referrer, and what has no referrer by where it comes from, once', () => {
    assert.equal(place({ sources: ['api', 'tag-schema'], origin: 'layer 1' }), 'API, fallback tag');
    assert.equal(place({ referrer: undefined, sources: ['bundle-file'], origin: 'x.json' }), 'bundle file: x.json');
    const origin = 'GitHub attestations of acme/app, number 1';
    assert.equal(place({ referrer: undefined, sources: ['github'], origin }), origin);
  });
});

describe('smallestTime', () => {
  it('is the smallest proved time and what proved it, and nothing where none was proved', () => {
    const judgement = verified('x', digestOf('x'), {
      times: [
        { time: new Date('2026-11-20T09:14:02Z'), source: 'transparency-log' },
        { time: new Date('2026-11-19T09:14:02Z'), source: 'timestamp-authority' },
      ],
    });
    assert.equal(smallestTime(judgement), '2026-11-19 09:14 UTC (timestamp)');
    assert.equal(smallestTime({ ...judgement, times: [] }), undefined);
  });
});

describe('rootAge', () => {
  it('is the day and the age in days, and no age of a day that is still to come', () => {
    assert.equal(rootAge(SAMPLE_ROOT, new Date('2026-10-31T23:00:00Z')), '2026-10-30, 1 day old');
    assert.equal(rootAge(SAMPLE_ROOT, new Date('2026-10-30T01:00:00Z')), '2026-10-30, 0 days old');
    assert.equal(rootAge(SAMPLE_ROOT, new Date('2026-10-01T00:00:00Z')), '2026-10-30');
  });
});
