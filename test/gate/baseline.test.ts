import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BaselineLoss } from '../../src/gate/baseline.ts';
import { compareBaseline } from '../../src/gate/baseline.ts';
import { digestOf } from '../../src/oci/digest.ts';
import type { EvidenceItem, ScopedPlatform } from '../../src/policy/evidence-item.ts';
import type { Waiver } from '../../src/policy/policy.ts';
import {
  AMD64,
  ARM64,
  anyOf,
  evaluate,
  githubSigner,
  goodItem,
  keySigner,
  makeImage,
  makeItem,
  makePlatform,
  makePolicy,
  makeRule,
  RELEASE_KEY,
  RELEASE_WORKFLOW,
  SLSA,
  signed,
  statementClaim,
  UNREAD,
  verified,
} from '../policy/make-evidence.ts';

const V02 = 'https://slsa.dev/provenance/v0.2';
const RULE = makeRule({
  on: 'index',
  wanted: { kind: 'predicate-type', types: [SLSA, V02] },
  signedBy: anyOf(RELEASE_WORKFLOW, RELEASE_KEY),
});
const byKey = makeItem(signed({ 'release-key': verified(keySigner()) }));
const older = makeItem(signed({ sigstore: verified(githubSigner()) }, { claim: statementClaim(V02) }));

function lost(now: readonly EvidenceItem[], then: readonly EvidenceItem[]): readonly BaselineLoss[] {
  return compareBaseline(evaluate(RULE, now), evaluate(RULE, then)).losses;
}
const cell = { rule: 'provenance', column: 'index' } as const;
const sbom = makeItem(
  { kind: 'unsigned', contentType: 'application/spdx+json' },
  { artifactType: 'application/spdx+json' },
);

describe('against a baseline', () => {
  it('nothing is lost where the same is there, or more', () => {
    assert.deepEqual(lost([goodItem()], [goodItem()]), []);
    assert.deepEqual(lost([goodItem(), byKey, older], [goodItem()]), []);
  });
  it('a workflow at another tag is the same signer', () => {
    const uri = 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.3';
    const before = githubSigner({ '9': uri, '14': 'refs/tags/v1.3', '18': uri }, { identity: uri });
    assert.deepEqual(lost([goodItem()], [makeItem(signed({ sigstore: verified(before) }))]), []);
  });
  it('a signer, a type, and both are named where they are lost', () => {
    const key = { kind: 'signer', ...cell, what: 'the key sha256:release' } as const;
    const workflow = { kind: 'signer', ...cell, what: 'acme/app/.github/workflows/release.yml' } as const;
    assert.deepEqual(lost([goodItem()], [goodItem(), byKey]), [key]);
    assert.deepEqual(lost([byKey], [goodItem(), byKey]), [workflow]);
    assert.deepEqual(lost([goodItem()], [goodItem(), older]), [{ kind: 'type', ...cell, what: V02 }]);
    assert.deepEqual(lost([], [byKey]), [{ kind: 'type', ...cell, what: SLSA }, key]);
  });
  it('a reusable workflow that another repository calls is another signer', () => {
    const uri = 'https://github.com/acme/build/.github/workflows/build.yml@refs/heads/main';
    const calledBy = (repository: string) => {
      const caller = `https://github.com/${repository}/.github/workflows/release.yml@refs/heads/main`;
      const claims = { '9': uri, '12': `https://github.com/${repository}`, '14': 'refs/heads/main', '18': caller };
      return makeItem(signed({ sigstore: verified(githubSigner(claims, { identity: uri })) }));
    };
    const signerWorkflow = { kind: 'exact', text: 'acme/build/.github/workflows/build.yml' } as const;
    const rule = makeRule({ on: 'index', signedBy: anyOf({ ...RELEASE_WORKFLOW, github: { signerWorkflow } }) });
    const losses = (now: EvidenceItem, then: EvidenceItem) =>
      compareBaseline(evaluate(rule, [now]), evaluate(rule, [then])).losses;
    assert.deepEqual(losses(calledBy('acme/app'), calledBy('acme/app')), []);
    assert.deepEqual(losses(calledBy('acme/other'), calledBy('acme/app')), [
      { kind: 'signer', ...cell, what: signerWorkflow.text },
    ]);
  });
  it('each rule is compared with itself', () => {
    const rules = [
      makeRule({ on: 'index', name: 'by the workflow', signedBy: anyOf(RELEASE_WORKFLOW) }),
      makeRule({ on: 'index', name: 'by the key', signedBy: anyOf(RELEASE_KEY) }),
    ];
    const { losses } = compareBaseline(evaluate(rules, [goodItem()]), evaluate(rules, [goodItem(), byKey]));
    assert.deepEqual(
      losses.map(({ kind, rule }) => [kind, rule]),
      [
        ['type', 'by the key'],
        ['signer', 'by the key'],
      ],
    );
  });
  it('a platform is named where it is lost', () => {
    const smaller = makeImage({ platforms: [makePlatform('amd64', AMD64)] });
    const { losses } = compareBaseline(evaluate(RULE, [goodItem()], { image: smaller }), evaluate(RULE, [goodItem()]));
    assert.deepEqual(losses, [{ kind: 'platform', rule: undefined, column: 'linux/arm64', what: 'linux/arm64' }]);
  });
  it('a platform is the same one however a builder spells it, and so is its evidence', () => {
    const rule = makeRule({ on: 'each-platform' });
    const spelt = (variant: string | undefined, items: readonly EvidenceItem[]) => {
      const platform = { os: 'linux', architecture: 'arm64', ...(variant !== undefined && { variant }) };
      return evaluate(rule, items, {
        image: makeImage({ platforms: [{ platform, digest: ARM64, presence: 'present' }] }),
      });
    };
    const good = goodItem({ subject: ARM64 });
    for (const [now, then] of [
      [undefined, 'v8'],
      ['v8', undefined],
      ['v8', 'v8'],
    ] as const) {
      assert.deepEqual(compareBaseline(spelt(now, []), spelt(then, [])).losses, []);
      const { losses } = compareBaseline(spelt(now, []), spelt(then, [good]));
      assert.ok(
        losses.some(({ kind }) => kind === 'signer'),
        JSON.stringify(losses),
      );
    }
  });
  it('a platform that a rule asks for and the image does not name is lost all the same', () => {
    const rule = makeRule({ platforms: [{ os: 'linux', architecture: 'arm64' }] });
    const smaller = makeImage({ platforms: [makePlatform('amd64', AMD64)] });
    const { losses } = compareBaseline(evaluate(rule, [goodItem()], { image: smaller }), evaluate(rule, [goodItem()]));
    assert.deepEqual(losses[0], { kind: 'platform', rule: undefined, column: 'linux/arm64', what: 'linux/arm64' });
  });
  it('a type that no rule asks for is named where it is there no more', () => {
    const type = 'application/spdx+json';
    assert.deepEqual(lost([goodItem()], [goodItem(), sbom]), [
      { kind: 'type', rule: undefined, column: 'index', what: type },
    ]);
    assert.deepEqual(lost([goodItem(), sbom], [goodItem(), sbom]), []);
    assert.deepEqual(lost([goodItem(), sbom], [goodItem()]), []);
  });
  it('what could not be read is not called lost without saying so', () => {
    const unread = [makeItem(UNREAD)];
    const here = compareBaseline(evaluate(RULE, unread), evaluate(RULE, [byKey]));
    assert.deepEqual(here.undecided, [{ ...cell, side: 'image' }]);
    const there = compareBaseline(evaluate(RULE, [byKey]), evaluate(RULE, unread));
    assert.deepEqual(there.undecided, [{ ...cell, side: 'baseline' }]);
  });
  it('no platform is called lost that may be in an index that could not be read', () => {
    const { platforms } = makeImage();
    const unread = {
      platform: undefined,
      digest: digestOf('nested'),
      presence: 'unread',
      isUnreadIndex: true,
    } as const;
    const rule = { ...RULE, on: 'each-platform' as const };
    const of = (...platforms: readonly ScopedPlatform[]) => evaluate(rule, [], { image: makeImage({ platforms }) });
    const [amd64, arm64] = platforms;
    assert.ok(amd64 && arm64);
    const column = `nested index ${unread.digest.slice(7, 19)}`;
    assert.deepEqual(
      compareBaseline(of(amd64), of(amd64, arm64)).losses.map(({ what }) => what),
      ['linux/arm64'],
    );
    const here = compareBaseline(of(amd64, unread), of(amd64, arm64));
    assert.deepEqual([here.losses, here.undecided], [[], [{ rule: rule.name, column, side: 'image' }]]);
    const there = compareBaseline(of(amd64), of(amd64, unread));
    assert.deepEqual([there.losses, there.undecided], [[], [{ rule: rule.name, column, side: 'baseline' }]]);
    assert.equal(compareBaseline(of(unread), of(unread)).undecided.length, 2);
  });
  it('what an index that the registry lacks may hold is undecided, also where it is left out or waived', () => {
    const missing = {
      platform: undefined,
      digest: digestOf('nested'),
      presence: 'missing',
      isUnreadIndex: true,
    } as const;
    const rule = { ...RULE, on: 'each-platform' as const };
    const [amd64, arm64] = makeImage().platforms;
    assert.ok(amd64 && arm64);
    const column = `nested index ${missing.digest.slice(7, 19)}`;
    const image = [{ rule: rule.name, column, side: 'image' }];
    const waiver: Waiver = {
      rule: rule.name,
      image: { kind: 'glob', text: '**' },
      until: '2027-01-31',
      reason: 'known',
      at: rule.at,
    };
    for (const changes of [
      { missingPlatforms: 'skip' },
      { policy: makePolicy([rule], { waivers: [waiver] }) },
    ] as const) {
      const of = (...platforms: readonly ScopedPlatform[]) =>
        evaluate(rule, [], { image: makeImage({ platforms }), ...changes });
      const state: string | undefined = of(amd64, missing).rules[0]?.cells.at(-1)?.state;
      assert.equal(state, 'policy' in changes ? 'waived' : 'skipped');
      const here = compareBaseline(of(amd64, missing), of(amd64, arm64));
      assert.deepEqual([here.losses, here.undecided], [[], image]);
      const both = compareBaseline(of(amd64, missing), of(amd64, arm64, missing));
      assert.deepEqual([both.losses, both.undecided], [[], image], 'what went may have gone into it');
      const there = compareBaseline(of(amd64), of(amd64, missing));
      assert.deepEqual([there.losses, there.undecided], [[], [{ rule: rule.name, column, side: 'baseline' }]]);
      // nothing that was seen is missing, and the same unread bytes hold the same
      assert.deepEqual(compareBaseline(of(amd64, missing), of(amd64, missing)).undecided, []);
      assert.deepEqual(compareBaseline(of(amd64, arm64, missing), of(amd64, arm64)).undecided, []);
    }
  });
});
