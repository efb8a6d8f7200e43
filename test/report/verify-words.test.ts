import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { describeVerdict } from '../../src/report/verify-words.ts';
import {
  sampleBroken,
  sampleFail,
  sampleFleet,
  samplePass,
  sampleResult,
  sampleUnknown,
} from '../support/sample-verdict.ts';

describe('describeVerdict', () => {
  it('says on one line how many checks were met', () => {
    assert.equal(describeVerdict(sampleResult([samplePass()])), 'pass: 10 checks on 1 image, all met or waived');
  });

  it('names what is not met, three at most', () => {
    const text = describeVerdict(sampleResult([sampleFail()]));
    assert.match(text, /^fail: 4 of 10 checks not met: SBOM on every platform on linux\/arm\/v7: there is no artifact/);
    assert.match(text, /; and 1 more$/);
  });

  it('names image and column where there are several, and counts what could not be judged', () => {
    const text = describeVerdict(sampleFleet(20));
    assert.match(
      text,
      /^fail: 4 of 190 checks not met, 3 of 190 checks undecided, 1 of 20 images could not be judged: /,
    );
    assert.match(text, /on linux\/arm\/v7 of ghcr\.io\/acme\/service-006:2026\.11: /);
  });

  it('says that mode warn lets the run go on', () => {
    const text = describeVerdict(sampleResult([sampleUnknown()], { mode: 'warn' }));
    assert.match(text, /^unknown: 3 of 10 checks undecided: .*\(mode: warn lets the run go on\)$/);
    assert.doesNotMatch(describeVerdict(sampleResult([samplePass()], { mode: 'warn' })), /warn/);
  });

  it('says why nothing was judged', () => {
    const error = new CodedError('policy-not-on-base', 'the policy is not at main');
    const text = describeVerdict(sampleResult([], { used: undefined, error }));
    assert.equal(text, 'unknown: policy-not-on-base: the policy is not at main');
    assert.equal(describeVerdict(sampleResult([])), 'unknown: nothing was judged');
    assert.match(
      describeVerdict(sampleResult([sampleBroken()])),
      /^unknown: 1 of 1 image could not be judged: ghcr\.io\/acme\/gone:1\.0: manifest-unknown/,
    );
  });
});
