import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildMissing } from '../../src/report/verify-missing.ts';
import {
  sampleBroken,
  sampleFail,
  sampleFleet,
  samplePass,
  sampleResult,
  sampleUnknown,
} from '../support/sample-verdict.ts';

describe('buildMissing', () => {
  it('is empty where everything is met', () => {
    assert.deepEqual(buildMissing(sampleResult([samplePass()])), []);
  });

  it('has each unmet cell with image, digest, rule, column, state and reason, and no waived one', () => {
    const image = sampleFail();
    const missing = buildMissing(sampleResult([image]));
    assert.deepEqual(
      missing.map(({ rule, column, state }) => `${state} ${rule} ${column}`),
      [
        'fail SBOM on every platform linux/arm/v7',
        'fail SLSA provenance from our release workflow linux/amd64',
        'fail SLSA provenance from our release workflow linux/arm64',
        'fail SLSA provenance from our release workflow linux/arm/v7',
      ],
    );
    assert.equal(missing[0]?.image, 'ghcr.io/acme/app:1.4');
    assert.equal(missing[0]?.digest, image.columns[3]?.digest);
    assert.equal(missing[0]?.reason, 'there is no artifact of application/spdx+json');
  });

  it('has what failed first, then what is undecided, then images without a verdict', () => {
    const missing = buildMissing(sampleFleet(20));
    assert.deepEqual(
      missing.map(({ state, image }) => `${state} ${image.slice(-11, -8)}`),
      ['fail 006', 'fail 006', 'fail 006', 'fail 006', 'unknown 010', 'unknown 010', 'unknown 010', 'unknown 012'],
    );
    assert.deepEqual(missing.at(-1), {
      image: 'ghcr.io/acme/service-012:2026.11',
      digest: null,
      rule: null,
      column: null,
      state: 'unknown',
      reason: 'manifest-unknown: ghcr.io/acme/service-012:2026.11 is not in the registry',
    });
  });

  it('is never empty where the verdict is not pass', () => {
    for (const image of [sampleFail(), sampleUnknown(), sampleBroken()]) {
      assert.ok(buildMissing(sampleResult([image])).length > 0);
    }
  });
});
