import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verifyExitCode } from '../../../src/commands/verify/exit-code.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { sampleBroken } from '../../support/sample-verdict.ts';

const IMAGE = sampleBroken();

describe('the exit code of verify', () => {
  for (const [verdict, code] of [
    ['pass', 0],
    ['fail', 1],
    ['unknown', 3],
  ] as const) {
    it(`is ${code} for ${verdict}, and 0 in mode warn`, () => {
      assert.equal(verifyExitCode({ verdict, mode: 'enforce', images: [IMAGE] }), code);
      assert.equal(verifyExitCode({ verdict, mode: 'warn', images: [IMAGE] }), 0);
    });
  }

  it('is that of a download that failed where the verdict would let the run go on, and never hides a verdict', () => {
    const error = new CodedError('download-conflict', 'in the way');
    const download = { index: undefined, documents: [], error };
    const codeOf = (verdict: 'pass' | 'fail' | 'unknown', mode: 'enforce' | 'warn') =>
      verifyExitCode({ verdict, mode, images: [IMAGE], download });
    assert.deepEqual([codeOf('pass', 'enforce'), codeOf('pass', 'warn'), codeOf('unknown', 'warn')], [1, 1, 1]);
    assert.deepEqual([codeOf('fail', 'enforce'), codeOf('unknown', 'enforce')], [1, 3]);
    const whole = { index: '/evidence.json', documents: [] };
    assert.equal(verifyExitCode({ verdict: 'pass', mode: 'enforce', images: [IMAGE], download: whole }), 0);
  });

  it('is 0 for a shard without images only where nothing else was wrong and others have images', () => {
    const shard = { number: 9, of: 9, total: 8, list: 'sha256:1' };
    const empty = { verdict: 'unknown', mode: 'enforce', images: [] } as const;
    assert.equal(verifyExitCode({ ...empty, shard }), 0);
    assert.equal(verifyExitCode(empty), 3);
    assert.equal(verifyExitCode({ ...empty, shard: { ...shard, total: 0 } }), 3);
    assert.equal(verifyExitCode({ ...empty, shard, images: [IMAGE] }), 3);
    assert.equal(verifyExitCode({ ...empty, shard, error: new CodedError('policy-not-on-base', 'no policy') }), 3);
  });
});
