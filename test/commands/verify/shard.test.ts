import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeReports, type ShardReport } from '../../../src/commands/verify/merge-reports.ts';
import { chooseShard, parseShard } from '../../../src/commands/verify/shard.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import { fc } from '../../support/fast-check.ts';

const IMAGES = Array.from({ length: 20 }, (_, n) => `registry.example/acme/app-${n}:1`);

/** The reports of all parts, every image with the same verdict but for those named. */
function reports(of: number, verdicts: Readonly<Record<string, Verdict>> = {}): ShardReport[] {
  return Array.from({ length: of }, (_, at) => {
    const { images, shard } = chooseShard(IMAGES, { number: at + 1, of });
    const judged = images.map((requested) => ({ requested, verdict: verdicts[requested] ?? ('pass' as const) }));
    return { name: `report-${at + 1}.json`, shard, fingerprint: 'sha256:1', error: undefined, images: judged };
  });
}

describe('shard', () => {
  it('reads a part of a whole', () => {
    assert.deepEqual(parseShard('2/8'), { number: 2, of: 8 });
    assert.deepEqual(parseShard(' 1/1 '), { number: 1, of: 1 });
  });
  for (const text of ['', '0/8', '9/8', '1/0', '1/257', '01/8', '-1/8', '1.5/8', '1/8/2', '1', 'a/b', '1 / 8']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseShard(text), { code: 'input-invalid' });
    });
  }
  it('gives every image to one part, evenly, whatever order and repetition', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (images, of) => {
        const parts = Array.from({ length: of }, (_, at) => chooseShard(images, { number: at + 1, of }));
        const sizes = parts.map((part) => part.images.length);
        assert.deepEqual(parts.flatMap((part) => part.images).sort(), [...new Set(images)].sort());
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
        const shuffled = [...images, ...images].reverse();
        for (const [at, part] of parts.entries()) assert.deepEqual(chooseShard(shuffled, { number: at + 1, of }), part);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('joined reports', () => {
  it('have the worst verdict of all images, and every image once, by name', () => {
    const merged = mergeReports(reports(4).toReversed());
    assert.deepEqual([merged.verdict, merged.problems, merged.images.length], ['pass', [], 20]);
    assert.deepEqual(
      merged.images,
      merged.images.toSorted((a, b) => (a.requested < b.requested ? -1 : 1)),
    );
    const [one = '', two = ''] = IMAGES;
    assert.equal(mergeReports(reports(4, { [one]: 'unknown' })).verdict, 'unknown');
    assert.equal(mergeReports(reports(4, { [one]: 'unknown', [two]: 'fail' })).verdict, 'fail');
  });
  it('of fewer images than parts are whole with the empty ones', () => {
    assert.equal(mergeReports(reports(30)).verdict, 'pass');
    assert.equal(mergeReports(reports(30).slice(0, 29)).verdict, 'unknown');
  });

  const whole = reports(3);
  const [first, second, third] = whole as [ShardReport, ShardReport, ShardReport];
  const other = { ...third, shard: chooseShard(['x'], { number: 3, of: 3 }).shard };
  const broken: readonly (readonly [string, readonly ShardReport[], RegExp])[] = [
    ['no report', [], /no report/],
    ['a part missing', [first, third], /part 2\/3 is missing/],
    ['a part twice', [...whole, first], /part 1\/3 is there 2 times/],
    ['a part twice in place of another', [first, second, second], /part 3\/3 is missing/],
    ['a part of another list', [first, second, other], /report-3\.json is a part of another list/],
    ['a part of another cut', [first, second, reports(4)[2] as ShardReport], /another list/],
    ['a part that does not say which', [first, second, { ...third, shard: undefined }], /says not which part/],
    ['another policy', [first, second, { ...third, fingerprint: 'sha256:2' }], /different policies/],
    ['a part without a policy', [first, second, { ...third, fingerprint: undefined }], /different policies/],
    [
      'a part that judged nothing',
      [first, second, { ...third, images: [], error: 'policy-not-on-base' }],
      /policy-not-on-base/,
    ],
    [
      'an image left out',
      [first, second, { ...third, images: third.images.slice(1) }],
      /the 19 images that were judged are not the 20 of the list/,
    ],
    [
      'an image of another list',
      [
        first,
        second,
        { ...third, images: third.images.map((one, at) => (at === 0 ? { ...one, requested: 'x' } : one)) },
      ],
      /20 images that were judged are not the 20/,
    ],
    [
      'an image in place of another',
      [first, second, { ...third, images: [...third.images.slice(1), ...second.images.slice(0, 1)] }],
      /more than once/,
    ],
  ];
  for (const [title, given, problem] of broken) {
    it(`are unknown with ${title}, and say so`, () => {
      const merged = mergeReports(given);
      assert.equal(merged.verdict, 'unknown');
      assert.match(merged.problems.join('\n'), problem);
    });
  }
  it('that are not whole fail where an image failed', () => {
    const failed = { ...first, images: first.images.map((image) => ({ ...image, verdict: 'fail' as const })) };
    assert.equal(mergeReports([failed]).verdict, 'fail');
  });
});
