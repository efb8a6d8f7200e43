import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { VerifyResult } from '../../src/commands/verify/result.ts';
import { CodedError } from '../../src/errors/coded-error.ts';
import { digestOf } from '../../src/oci/digest.ts';
import { CANDIDATE_STATES } from '../../src/policy/verdict.ts';
import { buildVerifyJson } from '../../src/report/verify-json.ts';
import {
  sampleBroken,
  sampleCell,
  sampleFail,
  sampleFleet,
  sampleHostile,
  sampleImage,
  samplePass,
  sampleResult,
  sampleRule,
  sampleUnknown,
  unsignedSbom,
  verified,
} from '../support/sample-verdict.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'schema', 'verify-report-v1.schema.json'), 'utf8'),
);
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
});
const validate = ajv.compile(schema);

/** What a reader of the file gets. */
function roundTrip(result: VerifyResult) {
  return JSON.parse(JSON.stringify(buildVerifyJson(result)));
}

const keyed = sampleImage(
  'ghcr.io/acme/keyed:1',
  [sampleRule('signed')],
  (rule, column, digest) => {
    const voucher = verified('voucher', digest, {
      signer: { kind: 'key', fingerprint: digestOf('key') },
      root: undefined,
      times: [],
    });
    const notation = verified('notation', digest, {
      signer: {
        kind: 'notation',
        identity: 'C=US, O=Acme',
        attributes: [],
        scheme: 'notary.x509',
        fingerprint: digestOf('leaf'),
      },
      notes: ['revocation: not checked'],
    });
    return sampleCell(rule.name, column, digest, {
      evidence: [unsignedSbom('sbom', digest, { voucher }), notation],
      rejected: CANDIDATE_STATES.map((state) => verified(state, digest, { state })),
    });
  },
  { platforms: [] },
);

describe('buildVerifyJson', () => {
  const results: readonly [title: string, result: VerifyResult][] = [
    ['a pass', sampleResult([samplePass()])],
    ['a fail with a mismatch and a waiver', sampleResult([sampleFail()])],
    ['an unknown with gaps', sampleResult([sampleUnknown()])],
    ['keys, Notation signers, vouchers and every state of a candidate', sampleResult([keyed])],
    ['200 images', sampleFleet()],
    ['hostile text', sampleHostile()],
    ['no policy', sampleResult([], { used: undefined, error: new CodedError('policy-not-on-base', 'not there') })],
  ];
  for (const [title, result] of results) {
    it(`is what the schema says: ${title}`, () => {
      assert.ok(validate(roundTrip(result)), JSON.stringify(validate.errors?.slice(0, 3)));
    });
  }

  it('would not be with a key more, a key less, or another word', () => {
    const report = roundTrip(sampleResult([sampleFail()]));
    assert.equal(validate({ ...report, extra: 1 }), false);
    assert.equal(validate({ ...report, verdict: 'maybe' }), false);
    const { checkedAt: _, ...less } = report;
    assert.equal(validate(less), false);
    report.images[0].rules[0].cells[0].state = 'passed';
    assert.equal(validate(report), false);
  });

  it('has for evidence which document, who signed it, by which root and when', () => {
    const report = roundTrip(sampleResult([samplePass()]));
    const [image] = report.images;
    assert.equal(image.reference, `ghcr.io/acme/app@${image.digest}`);
    const cell = image.rules[1].cells.find(({ column }: { column: string }) => column === 'linux/arm64');
    assert.equal(cell.state, 'pass');
    const [evidence] = cell.evidence;
    assert.equal(evidence.referrer, digestOf('referrer SLSA provenance from our release workflow linux/arm64'));
    assert.deepEqual(evidence.sources, ['api']);
    assert.equal(
      evidence.signer.identity,
      'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.0',
    );
    assert.equal(evidence.signer.extensions['12'], 'https://github.com/acme/app');
    assert.equal(evidence.root.label, 'public-good');
    assert.deepEqual(evidence.times, [{ time: '2026-11-20T09:14:02.000Z', source: 'transparency-log' }]);
    assert.equal(report.policy.rules[1].at.line, 14);
    assert.deepEqual(report.policy.roots[0].trust, 'sigstore');
  });

  it('has for a failure each candidate with its reason, the mismatch, the gaps and the waiver', () => {
    const cells = roundTrip(sampleResult([sampleFail(), sampleUnknown()])).images.flatMap(
      (image: { rules: { cells: unknown[] }[] }) => image.rules.flatMap(({ cells: all }) => all),
    );
    const states = (state: string) => cells.filter((cell: { state: string }) => cell.state === state);
    assert.deepEqual(
      states('fail')[1].rejected.map(({ state }: { state: string }) => state),
      ['untrusted-identity', 'wrong-predicate'],
    );
    assert.equal(states('fail')[1].rejected[0].mismatch.rows.length, 3);
    assert.equal(states('unknown')[0].gaps[0].code, 'server-error');
    assert.equal(states('waived')[0].waiver.until, '2027-01-31');
  });

  it('has an image without a verdict as unknown, with its error', () => {
    const [image] = roundTrip(sampleResult([sampleBroken()])).images;
    assert.equal(image.verdict, 'unknown');
    assert.equal(image.error.code, 'manifest-unknown');
    assert.equal(image.digest, null);
  });
});
