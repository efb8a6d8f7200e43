import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { byteLength } from '../../src/report/truncate.ts';
import { renderVerifyCheck } from '../../src/report/verify-check.ts';
import { buildVerifySarif } from '../../src/report/verify-sarif.ts';
import {
  POLICY_FILE,
  sampleBroken,
  sampleCell,
  sampleFail,
  sampleFleet,
  sampleImage,
  samplePass,
  samplePolicy,
  sampleResult,
  sampleRule,
  sampleUnknown,
} from '../support/sample-verdict.ts';

const VERSION = { version: '1.2.3' };

describe('buildVerifySarif', () => {
  it("has a result on the policy's line for each unmet cell, and every rule of the policy", () => {
    const sarif = buildVerifySarif(sampleResult([sampleFail()]), VERSION);
    assert.equal(sarif.version, '2.1.0');
    const [run] = sarif.runs;
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }) => id),
      [
        'SBOM on every platform',
        'SLSA provenance from our release workflow',
        'two reviewers',
        'the SBOM is itself signed',
      ],
    );
    assert.equal(run.results.length, 4);
    const [first, second] = run.results;
    assert.equal(first?.level, 'error');
    assert.deepEqual(first?.locations, [
      { physicalLocation: { artifactLocation: { uri: POLICY_FILE }, region: { startLine: 8, startColumn: 5 } } },
    ]);
    assert.match(
      second?.message.text ?? '',
      /^ghcr\.io\/acme\/app:1\.4, linux\/amd64: not met: .*\nuntrusted-identity: /,
    );
    const ids = new Set(run.tool.driver.rules.map(({ id }) => id));
    assert.ok(run.results.every(({ ruleId }) => ids.has(ruleId)));
  });

  it('has no result for a pass, and warnings in mode warn', () => {
    assert.deepEqual(buildVerifySarif(sampleResult([samplePass()]), VERSION).runs[0].results, []);
    const { results } = buildVerifySarif(sampleResult([sampleUnknown()], { mode: 'warn' }), VERSION).runs[0];
    assert.deepEqual(
      results.map(({ level }) => level),
      ['warning', 'warning', 'warning'],
    );
  });

  const prints = (result: Parameters<typeof buildVerifySarif>[0]) =>
    buildVerifySarif(result, VERSION).runs[0].results.map(({ partialFingerprints }) => partialFingerprints['cell/v1']);

  it('gives the same cell of the same image the same fingerprint, and every other another', () => {
    const fleet = prints(sampleFleet(20));
    assert.equal(new Set(fleet).size, fleet.length);
    assert.deepEqual(prints(sampleFleet(20)), fleet);
  });

  it('gives the next build of an image the same fingerprints, by digest, and another tag or repository others', () => {
    const [old, next] = ['1', '2'].map((hex) => `sha256:${hex.repeat(64)}`);
    const of = (name: string) => prints(sampleResult([sampleFail(name), sampleBroken(name)]));
    assert.deepEqual(of(`r.io/a/app@${old}`), of(`r.io/a/app@${next}`));
    assert.deepEqual(of(`r.io:5000/a/app:1@${old}`), of(`r.io:5000/a/app:1@${next}`));
    const others = ['r.io/a/app', 'r.io/a/app:1', 'r.io/a/app:2', 'r.io/a/web'].flatMap((name) => of(`${name}@${old}`));
    assert.equal(new Set(others).size, others.length);
  });

  it('tells two digests of one repository in one run apart, and each the same in the next run', () => {
    const of = (hexes: string) =>
      prints(sampleResult([...hexes].map((hex) => sampleFail(`r.io/a/app@sha256:${hex.repeat(64)}`))));
    assert.equal(new Set(of('12')).size, of('12').length);
    assert.deepEqual(of('12'), of('34'));
  });

  it("shows what is in no policy file at the workflow's", () => {
    const rule = sampleRule('required', { at: { file: 'inputs', line: 2 } });
    const image = sampleImage(
      'a/b',
      [rule],
      ({ name }, column, digest) => sampleCell(name, column, digest, { state: 'fail' }),
      { platforms: [] },
    );
    const used = { policy: samplePolicy([rule], { origin: 'inputs' }), fingerprint: 'sha256:1', roots: new Map() };
    const file = '.github/workflows/my ci.yml';
    const { results } = buildVerifySarif(sampleResult([image, sampleBroken()], { used }), { ...VERSION, file }).runs[0];
    assert.deepEqual(
      results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri),
      ['.github/workflows/my%20ci.yml', '.github/workflows/my%20ci.yml'],
    );
  });

  it('says why nothing was judged', () => {
    const error = new CodedError('policy-not-on-base', 'not at main');
    const [run] = buildVerifySarif(sampleResult([], { used: undefined, error }), VERSION).runs;
    assert.deepEqual(
      run.results.map(({ ruleId }) => ruleId),
      ['policy-not-on-base'],
    );
    assert.deepEqual(
      run.tool.driver.rules.map(({ id }) => id),
      ['policy-not-on-base'],
    );
  });
});

describe('renderVerifyCheck', () => {
  it('is a success for a pass alone, and neutral in mode warn', () => {
    const conclusion = (image: Parameters<typeof sampleResult>[0][number], mode: 'enforce' | 'warn' = 'enforce') =>
      renderVerifyCheck(sampleResult([image], { mode })).conclusion;
    assert.equal(conclusion(samplePass()), 'success');
    assert.equal(conclusion(sampleFail()), 'failure');
    assert.equal(conclusion(sampleUnknown()), 'failure');
    assert.equal(conclusion(sampleBroken()), 'failure');
    assert.equal(conclusion(sampleFail(), 'warn'), 'neutral');
    assert.equal(conclusion(samplePass(), 'warn'), 'success');
  });

  it('has the verdict for a title and the matrix in its summary, within what GitHub takes', () => {
    const { title, summary } = renderVerifyCheck(sampleFleet());
    assert.equal(
      title,
      'fail: 4 of 1990 checks not met, 3 of 1990 checks undecided, 1 of 200 images could not be judged',
    );
    assert.match(summary, /^## ❌ /);
    assert.ok(byteLength(summary) < 65_535);
  });
});
