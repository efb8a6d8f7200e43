import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VerifyResult } from '../../../src/commands/verify/result.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { digestOf } from '../../../src/oci/digest.ts';
import { readVerifyJson } from '../../../src/report/read/read-verify-json.ts';
import { buildVerifyAnnotations } from '../../../src/report/verify-annotations.ts';
import { buildVerifyJson } from '../../../src/report/verify-json.ts';
import { buildMissing } from '../../../src/report/verify-missing.ts';
import { renderVerifySummary } from '../../../src/report/verify-summary.ts';
import { renderVerifyText } from '../../../src/report/verify-text.ts';
import { fc } from '../../support/fast-check.ts';
import {
  sampleBroken,
  sampleFail,
  sampleFleet,
  sampleHostile,
  samplePass,
  sampleResult,
  sampleUndecided,
  sampleUnknown,
} from '../../support/sample-verdict.ts';

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const written = (result: VerifyResult): Buffer => bytesOf(buildVerifyJson(result));

function withBaseline(): VerifyResult {
  const compared = {
    requested: 'ghcr.io/acme/app:1.3',
    digest: digestOf('1.3'),
    losses: [
      { kind: 'platform', rule: undefined, column: 'linux/s390x', what: 'linux/s390x' },
      { kind: 'signer', rule: 'two reviewers', column: 'index', what: 'someone' },
    ],
    undecided: [{ rule: 'two reviewers', column: 'index', side: 'image' }],
  } as const;
  const unread = { ...compared, digest: undefined, error: new CodedError('manifest-unknown', 'gone') };
  const images = [compared, unread].map((baseline, i) => {
    const verdict = samplePass(`ghcr.io/acme/app:${i}`);
    return { requested: verdict.image.requested, verdict, baseline };
  });
  return sampleResult(images);
}

function withSigners(): VerifyResult {
  const verdict = sampleFail();
  const at = { file: 'p.yml', line: 3 };
  const signedBy = { atLeast: 1, of: [{ trust: 'release-key', at }], at };
  return sampleResult([
    { ...verdict, rules: verdict.rules.map((one) => ({ ...one, rule: { ...one.rule, signedBy } })) },
  ]);
}

const RESULTS: readonly (readonly [string, VerifyResult])[] = [
  ['a pass', sampleResult([samplePass()])],
  ['a fail with a mismatch and a waiver', sampleResult([sampleFail()])],
  ['an unknown with gaps', sampleResult([sampleUnknown()])],
  ['an unknown with a condition that was not decided', sampleResult([sampleUndecided()])],
  ['an image without a verdict', sampleResult([sampleBroken()])],
  ['200 images', sampleFleet()],
  ['hostile text', sampleHostile()],
  ['a shard', sampleResult([samplePass()], { shard: { number: 2, of: 8, total: 9, list: digestOf('list') } })],
  ['a baseline, and one that is gone', withBaseline()],
  ['who must have signed', withSigners()],
  [
    'no policy',
    sampleResult([], { used: undefined, error: new CodedError('policy-not-on-base', 'not there', { hint: 'Merge' }) }),
  ],
];

describe('readVerifyJson', () => {
  for (const [title, result] of RESULTS) {
    it(`reads what was written, so that all reports of it say the same: ${title}`, () => {
      const read = readVerifyJson(written(result), 'report.json');
      assert.deepEqual(buildVerifyJson(read), JSON.parse(written(result).toString()));
      assert.equal(renderVerifyText(read), renderVerifyText(result));
      assert.equal(renderVerifySummary(read), renderVerifySummary(result));
      assert.deepEqual(buildVerifyAnnotations(read), buildVerifyAnnotations(result));
      assert.deepEqual(buildMissing(read), buildMissing(result));
    });
  }

  /** A report with one place changed. */
  function changed(path: readonly (string | number)[], value: unknown, of = sampleResult([sampleFail()])): Buffer {
    const report: unknown = JSON.parse(written(of).toString());
    let at = report as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
    const last = path.at(-1) ?? '';
    if (value === undefined) delete at[last];
    else at[last] = value;
    return bytesOf(report);
  }
  const cell = ['images', 0, 'rules', 0, 'cells', 1] as const;
  const pass = sampleResult([samplePass()]);
  const uglies: readonly (readonly [string, Buffer, RegExp])[] = [
    ['no JSON', Buffer.from('<html>'), /not valid JSON/],
    ['nothing', Buffer.from(''), /not valid JSON/],
    ['another schema', changed(['schema'], 'oci-referrers/verify-report/v2'), /schema/],
    ['a key more', changed(['extra'], 1), /no key "extra"/],
    ['a key less', changed(['shard'], undefined), /a key shard/],
    ['a key twice', Buffer.from(`{"schema":1,${written(pass).toString().slice(1)}`), /duplicate key/],
    ['a verdict that is none', changed(['verdict'], 'ok'), /one of pass, fail, unknown/],
    ['a pass over images that fail', changed(['verdict'], 'pass'), /fail, which its images make/],
    ['a pass over cells that fail', changed(['images', 0, 'verdict'], 'pass'), /fail, which its cells make/],
    ['a rule that passes over its cells', changed(['images', 0, 'rules', 1, 'verdict'], 'pass'), /its cells make/],
    ['a cell that nothing met', changed([...cell, 'evidence'], [], pass), /what met the rule/],
    ['a cell that is gone', changed(['images', 0, 'rules', 0, 'cells'], [], pass), /a cell for each column/],
    ['a rule that is gone', changed(['images', 0, 'rules'], [], pass), /each rule of the policy/],
    ['a policy without rules', changed(['policy', 'rules'], [], pass), /a rule of the policy/],
    ['no images at all', changed(['images'], [], pass), /unknown, which its images make/],
    ['another reference', changed(['images', 0, 'reference'], 'x@sha256:1', pass), /reference/],
    ['a waived cell without a waiver', changed([...cell, 'state'], 'waived', pass), /the waiver/],
    ['a digest that is none', changed(['images', 0, 'digest'], '../../x', pass), /a digest/],
    ['a time that is none', changed(['checkedAt'], 'yesterday'), /a time/],
    ['an error that is none', changed(['error'], { code: 'all-good', message: '', hint: null }), /error\.code/],
    ['an error beside a pass', changed(['error'], { code: 'internal', message: '', hint: null }, pass), /verdict/],
    [
      'an image with a verdict and an error',
      changed(['images', 0, 'error'], { code: 'denied', message: '', hint: null }),
      /unknown beside an error/,
    ],
    [
      '__proto__ among the keys',
      Buffer.from(`{"__proto__":{},${written(pass).toString().slice(1)}`),
      /no key "__proto__"/,
    ],
  ];
  for (const [title, bytes, message] of uglies) {
    it(`refuses ${title}`, () => {
      assert.throws(() => readVerifyJson(bytes, 'report.json'), { code: 'report-invalid', message });
    });
  }

  it('refuses a report that is cut off anywhere', () => {
    const whole = written(pass);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (end) => {
        assert.throws(() => readVerifyJson(whole.subarray(0, end), 'report.json'), { code: 'report-invalid' });
      }),
      { numRuns: 300 },
    );
  });

  it('never makes a pass of a report that failed by changing one value', () => {
    const failed = sampleResult([sampleFail()]);
    const paths = leavesOf(JSON.parse(written(failed).toString()));
    fc.assert(
      fc.property(
        fc.constantFrom(...paths),
        fc.constantFrom('pass', 'waived', 'skipped', null, [], {}),
        (path, value) => {
          try {
            assert.notEqual(readVerifyJson(changed(path, value, failed), 'report.json').verdict, 'pass');
          } catch (error) {
            assert.ok(error instanceof CodedError && error.code === 'report-invalid', String(error));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** Paths of all values, those of objects and arrays besides. */
function leavesOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  const own = path.length === 0 ? [] : [[...path]];
  if (Array.isArray(value)) return [...own, ...value.flatMap((one, at) => leavesOf(one, [...path, at]))];
  if (typeof value !== 'object' || value === null) return own;
  return [...own, ...Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...path, key]))];
}
