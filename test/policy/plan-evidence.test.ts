import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planEvidence } from '../../src/policy/plan-evidence.ts';
import type { Rule } from '../../src/policy/policy.ts';
import { AT, anyOf, BUNDLE, makePolicy, makeRule, RELEASE_KEY, RELEASE_WORKFLOW, SLSA, SPDX } from './make-evidence.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const PRESENCE = makeRule({ wanted: { kind: 'artifact-type', types: [SPDX] }, signed: false, signedBy: undefined });

function plan(...rules: readonly Rule[]) {
  return planEvidence(makePolicy(rules));
}

describe('the plan', () => {
  it('names the trusts that a rule asks, and those of `referrer`', () => {
    assert.deepEqual([...plan(makeRule()).trusts], ['sigstore']);
    const both = makeRule({ signedBy: anyOf(RELEASE_WORKFLOW, RELEASE_KEY) });
    assert.deepEqual([...plan(both, makeRule()).trusts], ['sigstore', 'release-key']);
    const referrer = makeRule({ signedBy: undefined, referrer: { signedBy: anyOf(RELEASE_KEY) } });
    assert.deepEqual([...plan(referrer).trusts], ['release-key']);
    assert.deepEqual([...plan(PRESENCE).trusts], []);
  });
  it('names every key where a rule names nobody, and no certificate authority', () => {
    assert.deepEqual([...plan(makeRule({ signedBy: undefined })).trusts], ['release-key', 'other-key']);
  });
  it('leaves the platforms alone where every rule is about the index, and the index where none is', () => {
    assert.deepEqual(
      [plan(makeRule({ on: 'index' })).index, plan(makeRule({ on: 'index' })).platforms],
      [true, 'none'],
    );
    const each = plan(makeRule({ on: 'each-platform' }));
    assert.deepEqual([each.index, each.platforms], [false, 'all']);
    const chosen = plan(makeRule({ platforms: [AMD64] }), makeRule({ on: 'index' }));
    assert.deepEqual([chosen.index, chosen.platforms, chosen.ownPlatform], [true, [AMD64], true]);
    assert.deepEqual(plan(makeRule({ platforms: [AMD64] }), makeRule()).platforms, 'all');
    assert.equal(plan(makeRule({ on: 'index', platforms: [AMD64] })).ownPlatform, false);
  });
  it('names the types of interest, aliases among them', () => {
    const { predicateTypes, artifactTypes, anySignature } = plan(makeRule(), PRESENCE);
    assert.deepEqual(predicateTypes.slice(0, 2), [SLSA, 'https://spdx.dev/Document']);
    assert.deepEqual([artifactTypes, anySignature], [[SPDX], false]);
    assert.equal(plan(makeRule({ wanted: { kind: 'any-signature' } })).anySignature, true);
  });
  it('needs the bytes of manifests where a signature over them could count', () => {
    assert.equal(plan(makeRule()).messages, false);
    assert.equal(plan(PRESENCE).messages, false);
    assert.equal(plan(makeRule({ wanted: { kind: 'any-signature' } })).messages, true);
    assert.equal(plan(makeRule({ wanted: { kind: 'artifact-type', types: [BUNDLE] } })).messages, true);
    assert.equal(plan(makeRule({ wanted: { kind: 'artifact-type', types: [SPDX] } })).messages, true);
    assert.equal(plan(makeRule({ referrer: { signedBy: { atLeast: 1, of: [RELEASE_KEY], at: AT } } })).messages, true);
  });
  it('keeps predicates where a rule looks into them, and those that nobody verified where it may look into these', () => {
    const where = { source: 'true', evaluate: () => ({ holds: true }) };
    const referrer = { signedBy: anyOf(RELEASE_KEY) };
    const kept = (...rules: readonly Rule[]) => plan(...rules).predicates;
    assert.equal(kept(makeRule(), PRESENCE), 'none');
    assert.equal(kept(makeRule({ where })), 'of-verified');
    assert.equal(kept(makeRule({ maxAge: 60 }), PRESENCE), 'of-verified');
    assert.equal(kept(makeRule({ where, signedBy: undefined })), 'of-verified', 'by any key of the policy');
    assert.equal(kept(makeRule({ where, referrer })), 'of-verified', 'signed, and the artifact as well');
    assert.equal(kept({ ...PRESENCE, where }), 'all');
    assert.equal(kept(makeRule(), { ...PRESENCE, where }), 'all');
    assert.equal(kept(makeRule({ where, signedBy: undefined, referrer })), 'all');
    const vouched = makeRule({ where, wanted: { kind: 'artifact-type', types: [SPDX] } });
    assert.equal(kept(vouched), 'all', 'a signature on it makes it count, whoever signed what is in it');
    assert.equal(kept({ ...vouched, wanted: { kind: 'artifact-type', types: [BUNDLE] } }), 'of-verified');
  });
});
