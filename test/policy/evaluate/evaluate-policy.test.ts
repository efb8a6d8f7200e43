import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../../src/oci/digest.ts';
import type { EvidenceGap } from '../../../src/policy/evidence-item.ts';
import type { Rule } from '../../../src/policy/policy.ts';
import {
  AMD64,
  ARM64,
  AT,
  evaluate,
  goodItem,
  INDEX,
  makeImage,
  makeItem,
  makePlatform,
  makePolicy,
  makeRule,
  personSigner,
  rejected,
  signed,
  statesOf,
  UNREAD,
  verified,
} from '../make-evidence.ts';

const AMD64_PLATFORM = { os: 'linux', architecture: 'amd64' };
const S390X = { os: 'linux', architecture: 's390x' };
const GAP: EvidenceGap = { subject: INDEX, source: 'github', code: 'github-api-failed', reason: 'status 500' };
const MANIFEST = makeImage({ kind: 'manifest', platforms: [] });

describe('on: index', () => {
  const rule = makeRule({ on: 'index' });
  it('is met by evidence on the index, and asks no platform', () => {
    const verdict = evaluate(rule, [goodItem()]);
    assert.equal(verdict.verdict, 'pass');
    assert.deepEqual(statesOf(verdict), {
      index: 'pass',
      'linux/amd64': 'not-applicable',
      'linux/arm64': 'not-applicable',
    });
  });
  it('is not met by evidence on its platforms', () => {
    assert.equal(evaluate(rule, [goodItem({ subject: AMD64 }), goodItem({ subject: ARM64 })]).verdict, 'fail');
  });
  it('asks for no platform that it names, there or not', () => {
    const verdict = evaluate(makeRule({ on: 'index', platforms: [S390X] }), [goodItem()]);
    assert.deepEqual(Object.keys(statesOf(verdict)), ['index', 'linux/amd64', 'linux/arm64']);
    assert.equal(verdict.verdict, 'pass');
  });
  it('does not ask whether platforms are there', () => {
    const image = makeImage({ platforms: [makePlatform('amd64', AMD64, 'missing')] });
    assert.equal(evaluate(rule, [goodItem()], { image }).verdict, 'pass');
  });
});

describe('on: each-platform', () => {
  const rule = makeRule({ on: 'each-platform' });
  it('is met where every platform has its own', () => {
    const verdict = evaluate(rule, [goodItem({ subject: AMD64 }), goodItem({ subject: ARM64 })]);
    assert.equal(verdict.verdict, 'pass');
    assert.deepEqual(statesOf(verdict), { index: 'not-applicable', 'linux/amd64': 'pass', 'linux/arm64': 'pass' });
  });
  it('fails where one has none, whatever the index has', () => {
    const verdict = evaluate(rule, [goodItem(), goodItem({ subject: AMD64 })]);
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual(statesOf(verdict), { index: 'not-applicable', 'linux/amd64': 'pass', 'linux/arm64': 'fail' });
  });
});

describe('on: either', () => {
  const rule = makeRule({ on: 'either' });
  it('is met by evidence on the index, for every platform', () => {
    assert.deepEqual(statesOf(evaluate(rule, [goodItem()])), {
      index: 'not-applicable',
      'linux/amd64': 'pass',
      'linux/arm64': 'pass',
    });
  });
  it('is met by a platform’s own for that platform only', () => {
    const verdict = evaluate(rule, [goodItem({ subject: AMD64 })]);
    assert.deepEqual(statesOf(verdict), { index: 'not-applicable', 'linux/amd64': 'pass', 'linux/arm64': 'fail' });
    assert.equal(verdict.verdict, 'fail');
  });
  it('does not count what is on another image', () => {
    assert.equal(evaluate(rule, [goodItem({ subject: digestOf('another') })]).verdict, 'fail');
  });
});

describe('an image without an index', () => {
  for (const on of ['index', 'each-platform', 'either'] as const) {
    it(`is its own only platform under on: ${on}`, () => {
      const rule = makeRule({ on });
      assert.deepEqual(statesOf(evaluate(rule, [goodItem()], { image: MANIFEST })), { image: 'pass' });
      assert.deepEqual(statesOf(evaluate(rule, [], { image: MANIFEST })), { image: 'fail' });
    });
  }
  it('is its own top, whatever platforms a rule about the index names', () => {
    const image = { ...MANIFEST, platform: AMD64_PLATFORM };
    const rule = makeRule({ on: 'index', platforms: [S390X] });
    assert.deepEqual(statesOf(evaluate(rule, [goodItem()], { image })), { image: 'pass' });
    assert.deepEqual(statesOf(evaluate(rule, [], { image })), { image: 'fail' });
  });
  it('of a known platform has no other', () => {
    const image = { ...MANIFEST, platform: AMD64_PLATFORM };
    const both = makeRule({ platforms: [AMD64_PLATFORM, S390X] });
    assert.deepEqual(statesOf(evaluate(both, [goodItem()], { image })), { image: 'pass', 'linux/s390x': 'fail' });
    const other = evaluate(makeRule({ platforms: [S390X] }), [goodItem()], { image });
    assert.deepEqual(statesOf(other), { image: 'not-applicable', 'linux/s390x': 'fail' });
    assert.equal(other.verdict, 'fail');
  });
  it('whose platform nobody read is asked all the same', () => {
    const rule = makeRule({ platforms: [S390X] });
    assert.equal(evaluate(rule, [goodItem()], { image: MANIFEST }).verdict, 'pass');
    assert.equal(evaluate(rule, [], { image: MANIFEST }).verdict, 'fail');
  });
});

describe('platforms', () => {
  it('that are not chosen are not asked', () => {
    const rule = makeRule({ on: 'each-platform', platforms: [AMD64_PLATFORM] });
    const verdict = evaluate(rule, [goodItem({ subject: AMD64 })]);
    assert.equal(verdict.verdict, 'pass');
    assert.equal(statesOf(verdict)['linux/arm64'], 'not-applicable');
  });
  it('that the index does not name fail, with a column of their own', () => {
    const verdict = evaluate(makeRule({ platforms: [AMD64_PLATFORM, S390X] }), [goodItem()]);
    assert.equal(verdict.verdict, 'fail');
    assert.equal(statesOf(verdict)['linux/s390x'], 'fail');
    assert.deepEqual(verdict.columns.at(-1), { name: 'linux/s390x', digest: INDEX, presence: 'absent' });
    assert.match(verdict.rules[0]?.cells.at(-1)?.reason ?? '', /no platform linux\/s390x/);
  });
  it('that are all absent fail in words that are true of the index', () => {
    const verdict = evaluate(makeRule({ platforms: [S390X] }), [goodItem()], { image: makeImage({ platforms: [] }) });
    assert.deepEqual([verdict.verdict, statesOf(verdict)['linux/s390x']], ['fail', 'fail']);
    assert.match(verdict.rules[0]?.cells[0]?.reason ?? '', /^the index names no platform that the rule chooses/);
  });
  it('that are absent and asked for by one rule are not asked by the others', () => {
    const rules = [makeRule({ platforms: [S390X] }), makeRule({ name: 'all of them' })];
    const verdict = evaluate(rules, [goodItem()]);
    assert.deepEqual(
      verdict.rules.map((rule) => rule.verdict),
      ['fail', 'pass'],
    );
  });
  it('that the index names and the registry lacks are unknown, even where evidence is there', () => {
    const image = makeImage({ platforms: [makePlatform('amd64', AMD64), makePlatform('arm64', ARM64, 'missing')] });
    for (const items of [[goodItem()], [goodItem(), goodItem({ subject: ARM64 })]]) {
      const verdict = evaluate(makeRule(), items, { image });
      assert.equal(verdict.verdict, 'unknown');
      assert.equal(statesOf(verdict)['linux/arm64'], 'unknown');
    }
  });
  it('that the registry lacks are left out with `skip`, and a notice says so', () => {
    const image = makeImage({ platforms: [makePlatform('amd64', AMD64), makePlatform('arm64', ARM64, 'missing')] });
    const verdict = evaluate(makeRule(), [goodItem()], { image, missingPlatforms: 'skip' });
    assert.equal(verdict.verdict, 'pass');
    assert.equal(statesOf(verdict)['linux/arm64'], 'skipped');
    assert.deepEqual(
      verdict.notices.map(({ code }) => code),
      ['platform-skipped'],
    );
  });
  it('all of them left out is unknown: nothing was judged', () => {
    const image = makeImage({ platforms: [makePlatform('arm64', ARM64, 'missing')] });
    const verdict = evaluate(makeRule(), [goodItem()], { image, missingPlatforms: 'skip' });
    assert.equal(verdict.verdict, 'unknown');
  });
  it('that could not be read are unknown, also with `skip`', () => {
    const image = makeImage({ platforms: [{ ...makePlatform('arm64', ARM64, 'unread'), reason: 'status 502' }] });
    const verdict = evaluate(makeRule(), [goodItem()], { image, missingPlatforms: 'skip' });
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.rules[0]?.cells[1]?.reason ?? '', /status 502/);
  });
  it('of the same name are told apart by their digests', () => {
    const image = makeImage({ platforms: [makePlatform('amd64', AMD64), makePlatform('amd64', ARM64)] });
    const names = evaluate(makeRule(), [], { image }).columns.map(({ name }) => name);
    assert.deepEqual(names, ['index', `linux/amd64 ${AMD64.slice(7, 19)}`, `linux/amd64 ${ARM64.slice(7, 19)}`]);
  });
  it('without a name are judged where all are chosen, and have their digest for a name', () => {
    const image = makeImage({ platforms: [{ platform: undefined, digest: AMD64, presence: 'present' }] });
    assert.equal(evaluate(makeRule(), [goodItem()], { image }).verdict, 'pass');
    assert.equal(evaluate(makeRule(), [], { image }).columns[1]?.name, `no platform ${AMD64.slice(7, 19)}`);
    assert.equal(evaluate(makeRule({ platforms: [AMD64_PLATFORM] }), [goodItem()], { image }).verdict, 'fail');
  });
  it('none at all meet no rule about platforms', () => {
    const image = makeImage({ platforms: [] });
    for (const on of ['each-platform', 'either'] as const) {
      assert.equal(evaluate(makeRule({ on }), [goodItem()], { image }).verdict, 'fail');
    }
    assert.equal(evaluate(makeRule({ on: 'index' }), [goodItem()], { image }).verdict, 'pass');
  });
});

describe('three answers', () => {
  const cases: readonly {
    readonly title: string;
    readonly items: Parameters<typeof evaluate>[1];
    readonly gaps: readonly EvidenceGap[];
    readonly verdict: string;
  }[] = [
    { title: 'nothing, all looked at', items: [], gaps: [], verdict: 'fail' },
    { title: 'nothing, one source unread', items: [], gaps: [GAP], verdict: 'unknown' },
    { title: 'good evidence, one source unread', items: [goodItem()], gaps: [GAP], verdict: 'pass' },
    { title: 'an unread candidate', items: [makeItem(UNREAD)], gaps: [], verdict: 'unknown' },
    {
      title: 'an unread candidate beside a good one',
      items: [makeItem(UNREAD), goodItem()],
      gaps: [],
      verdict: 'pass',
    },
    {
      title: 'an invalid candidate',
      items: [makeItem(signed({ sigstore: rejected('invalid') }))],
      gaps: [],
      verdict: 'fail',
    },
    {
      title: 'an unsupported candidate, which was read',
      items: [makeItem(signed({ sigstore: rejected('unsupported') }))],
      gaps: [],
      verdict: 'fail',
    },
    {
      title: 'one of an unknown authority, which was read',
      items: [makeItem(signed({ sigstore: rejected('unknown-root-material') }))],
      gaps: [],
      verdict: 'fail',
    },
    {
      title: 'a gap of an image that is not asked',
      items: [],
      gaps: [{ ...GAP, subject: digestOf('another') }],
      verdict: 'fail',
    },
  ];
  for (const { title, items, gaps, verdict } of cases) {
    it(`${verdict}: ${title}`, () => {
      for (const image of [MANIFEST, makeImage()]) {
        assert.equal(evaluate(makeRule({ on: 'index' }), items, { gaps, image }).verdict, verdict);
        assert.equal(evaluate(makeRule({ on: 'either' }), items, { gaps, image }).verdict, verdict);
      }
    });
  }

  it('a gap on the index does not matter to what each platform has for itself', () => {
    const rule = makeRule({ on: 'each-platform' });
    assert.equal(evaluate(rule, [], { gaps: [GAP] }).verdict, 'fail');
    assert.equal(evaluate(makeRule({ on: 'either' }), [], { gaps: [GAP] }).verdict, 'unknown');
  });
  it('a gap on one platform makes that platform unknown, and the others stay', () => {
    const gaps = [{ ...GAP, subject: ARM64 }];
    const verdict = evaluate(makeRule({ on: 'either' }), [], { gaps });
    assert.deepEqual(statesOf(verdict), { index: 'not-applicable', 'linux/amd64': 'fail', 'linux/arm64': 'unknown' });
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual(verdict.rules[0]?.cells[2]?.gaps, gaps);
  });
  it('what could not be read is said whatever the verdict', () => {
    const verdict = evaluate(makeRule(), [goodItem(), makeItem(UNREAD)], { gaps: [GAP, { ...GAP, subject: ARM64 }] });
    assert.equal(verdict.verdict, 'pass');
    assert.deepEqual(
      verdict.notices.map(({ code, message }) => [code, message.includes('status')]),
      [
        ['source-unread', true],
        ['candidate-unread', true],
      ],
    );
  });
  it('the image is as good as its worst rule; without rules nobody knows', () => {
    const unmet: Rule = makeRule({
      name: 'reviews',
      wanted: { kind: 'predicate-type', types: ['https://example.com/r'] },
    });
    assert.equal(evaluate([makeRule(), unmet], [goodItem()]).verdict, 'fail');
    assert.equal(evaluate([makeRule(), unmet], [goodItem()], { gaps: [GAP] }).verdict, 'unknown');
    assert.equal(evaluate([], [goodItem()]).verdict, 'unknown');
    assert.equal(evaluate([], [], { policy: makePolicy([]) }).verdict, 'unknown');
  });
});

describe('two of several signers', () => {
  const person = (identity: string) =>
    ({
      trust: 'sigstore',
      identity: { kind: 'exact', text: identity },
      issuer: { kind: 'exact', text: 'https://accounts.example' },
      at: AT,
    }) as const;
  const signedTwice = (first: string, second: string): Record<string, string> => {
    const items = [first, second].map((identity) => makeItem(signed({ sigstore: verified(personSigner(identity)) })));
    const signedBy = { atLeast: 2, of: [person(first), person(second)], at: AT };
    return statesOf(evaluate(makeRule({ on: 'index', signedBy }), items));
  };
  it('are two where their identities differ', () => {
    assert.equal(signedTwice('ann@acme.example', 'bob@acme.example')['index'], 'pass');
  });
  it('are one where these differ in upper and lower case only', () => {
    assert.equal(signedTwice('ann@acme.example', 'Ann@acme.example')['index'], 'fail');
  });
});
