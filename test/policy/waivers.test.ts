import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Waiver } from '../../src/policy/policy.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { isActive, waivesImage } from '../../src/policy/waivers.ts';
import {
  AT,
  evaluate,
  goodItem,
  makeImage,
  makeItem,
  makePolicy,
  makeRule,
  statesOf,
  UNREAD,
} from './make-evidence.ts';

function waiver(changes: Partial<Waiver> = {}): Waiver {
  const image = { kind: 'glob', text: 'registry.example/acme/app*' } as const;
  return { rule: 'provenance', image, until: '2026-12-31', reason: 'being retired', at: AT, ...changes };
}
function judge(waivers: readonly Waiver[], items: Parameters<typeof evaluate>[1] = [], now?: Date): ImageVerdict {
  const policy = makePolicy([makeRule()], { waivers });
  return evaluate([], items, { policy, ...(now !== undefined && { now }) });
}
function codes({ notices }: ImageVerdict): string[] {
  return notices.map(({ code }) => code);
}

describe('a waiver', () => {
  it('lets unmet and unknown cells through, and says so', () => {
    for (const items of [[], [makeItem(UNREAD)]]) {
      const verdict = judge([waiver()], items);
      assert.equal(verdict.verdict, 'pass');
      assert.equal(statesOf(verdict)['linux/amd64'], 'waived');
      assert.ok(codes(verdict).includes('waived'));
      assert.match(verdict.notices[0]?.message ?? '', /until 2026-12-31 \(40 days left\): being retired/);
      assert.match(verdict.rules[0]?.cells[1]?.reason ?? '', /nothing of the kind was found/);
    }
  });
  it('leaves what is met as it is, and says that it is not needed', () => {
    const verdict = judge([waiver()], [goodItem()]);
    assert.equal(statesOf(verdict)['linux/amd64'], 'pass');
    assert.deepEqual(codes(verdict), ['waiver-unused']);
  });
  it('is for its rule only', () => {
    const policy = makePolicy([makeRule(), makeRule({ name: 'another' })], { waivers: [waiver()] });
    const verdict = evaluate([], [], { policy });
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual(
      verdict.rules.map((rule) => rule.verdict),
      ['pass', 'fail'],
    );
  });
  it('of a rule that is not there waives nothing, and is reported', () => {
    const verdict = judge([waiver({ rule: 'provenence' })]);
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual(codes(verdict), ['waiver-unknown-rule']);
  });
  it('of another image is not mentioned', () => {
    const verdict = judge([waiver({ image: { kind: 'exact', text: 'registry.example/acme/other' } })]);
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual(codes(verdict), []);
  });
  it('that is over waives nothing, and is reported', () => {
    const verdict = judge([waiver({ until: '2026-11-21' })]);
    assert.equal(verdict.verdict, 'fail');
    assert.deepEqual(codes(verdict), ['waiver-expired']);
  });
  it('makes no pass of an image of which everything was left out', () => {
    const image = makeImage({
      platforms: makeImage().platforms.map((one) => ({ ...one, presence: 'missing' as const })),
    });
    const policy = makePolicy([makeRule()], { waivers: [waiver()] });
    assert.equal(evaluate([], [], { policy, image, missingPlatforms: 'skip' }).verdict, 'unknown');
    assert.equal(evaluate([], [], { policy, image }).verdict, 'pass');
  });
});

describe('the day until which a waiver is good', () => {
  const days: readonly (readonly [string, string, boolean])[] = [
    ['2027-01-31', '2027-01-31T00:00:00Z', true],
    ['2027-01-31', '2027-01-31T23:59:59.999Z', true],
    ['2027-01-31', '2027-02-01T00:00:00Z', false],
    ['2027-01-31', '2027-02-01T00:30:00+01:00', true],
    ['2028-02-29', '2028-02-29T12:00:00Z', true],
    ['2027-02-29', '2027-02-01T00:00:00Z', false],
    ['2027-02-30', '2027-02-01T00:00:00Z', false],
    ['2027-1-31', '2026-01-01T00:00:00Z', false],
    ['', '2026-01-01T00:00:00Z', false],
    ['forever', '2026-01-01T00:00:00Z', false],
  ];
  for (const [until, now, active] of days) {
    it(`${until} ${active ? 'covers' : 'does not cover'} ${now}`, () => {
      assert.equal(isActive(waiver({ until }), new Date(now)), active);
    });
  }
  it('covers no instant that is none', () => {
    assert.equal(isActive(waiver(), new Date('x')), false);
  });
});

describe('the image of a waiver, where a digest is asked for', () => {
  const { digest } = makeImage();
  const name = 'registry.example:5000/acme/app';
  const asked: readonly (readonly [requested: string, pattern: string, boolean])[] = [
    // who names the image could write any tag before the digest of another
    [`${name}:legacy@${digest}`, `${name}:legacy*`, false],
    [`${name}:legacy@${digest}`, `${name}:legacy`, false],
    [`${name}:legacy@${digest}`, `${name}:**`, false],
    [`${name}:legacy@${digest}`, `${name}:legacy@${digest}`, false],
    [`${name}:legacy@${digest}`, `${name}@${digest}`, true],
    [`${name}:legacy@${digest}`, name, true],
    [`${name}:legacy@${digest}`, `${name}*`, true],
    [`${name}@${digest}`, `${name}@${digest}`, true],
    [`${name}@${digest}`, `${name}@sha256:*`, true],
    [`${name}@${digest}`, `${name}:legacy*`, false],
    [`${name}:legacy`, `${name}:legacy*`, true],
  ];
  it('is the whole name of a layout', () => {
    const requested = `oci-layout:build@${digest}`;
    const image = makeImage({ requested, repository: 'oci-layout:build' });
    for (const text of [requested, 'oci-layout:build', 'oci-layout:*']) {
      assert.equal(waivesImage(waiver({ image: { kind: 'glob', text } }), image), true, text);
    }
  });
  for (const [requested, text, isMatch] of asked) {
    it(`${text} ${isMatch ? 'is' : 'is not'} for ${requested}`, () => {
      const image = makeImage({ requested, repository: name });
      assert.equal(waivesImage(waiver({ image: { kind: 'glob', text } }), image), isMatch);
    });
  }
});

describe('the image of a waiver', () => {
  const image = makeImage({ requested: 'registry.example/acme/app:1.4' });
  const patterns: readonly (readonly ['exact' | 'glob', string, boolean])[] = [
    ['exact', 'registry.example/acme/app:1.4', true],
    ['exact', 'registry.example/acme/app', true],
    ['glob', 'registry.example/acme/*', true],
    ['glob', 'registry.example/acme/app:1.*', true],
    ['exact', 'registry.example/acme/app:1', false],
    ['exact', 'acme/app', false],
    ['glob', 'registry.example/*', false],
    ['glob', '*', false],
    ['exact', '', false],
  ];
  for (const [kind, text, isMatch] of patterns) {
    it(`${JSON.stringify(text)} ${isMatch ? 'is' : 'is not'} for ${image.requested}`, () => {
      assert.equal(waivesImage(waiver({ image: { kind, text } }), image), isMatch);
    });
  }
});
