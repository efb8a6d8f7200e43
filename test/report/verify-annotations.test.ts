import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodedError } from '../../src/errors/coded-error.ts';
import { renderCommand } from '../../src/report/error-text.ts';
import { buildVerifyAnnotations } from '../../src/report/verify-annotations.ts';
import {
  POLICY_FILE,
  sampleBroken,
  sampleCell,
  sampleFail,
  sampleFleet,
  sampleHostile,
  sampleImage,
  samplePass,
  samplePolicy,
  sampleResult,
  sampleRule,
  sampleUnknown,
} from '../support/sample-verdict.ts';

describe('buildVerifyAnnotations', () => {
  it("is none where everything is met, and an error on the policy's line for what is unmet", () => {
    assert.deepEqual(buildVerifyAnnotations(sampleResult([samplePass()])), []);
    const all = buildVerifyAnnotations(sampleResult([sampleFail()]));
    assert.deepEqual(
      all.map(({ level, place, title }) => `${level} ${place?.file}:${place?.line}:${place?.col} ${title}`),
      [
        `error ${POLICY_FILE}:8:5 SBOM on every platform: not met on linux/arm/v7`,
        `error ${POLICY_FILE}:14:5 SLSA provenance from our release workflow: not met on linux/amd64, linux/arm64, linux/arm/v7`,
      ],
    );
    assert.match(
      all[1]?.message ?? '',
      /^ghcr\.io\/acme\/app:1\.4, linux\/amd64, linux\/arm64, linux\/arm\/v7: no statement/,
    );
    assert.match(
      all[0]?.message ?? '',
      /^ghcr\.io\/acme\/app:1\.4, linux\/arm\/v7 \(sha256:[0-9a-f]{12}\): there is no artifact/,
    );
    assert.match(all[1]?.message ?? '', /\n- untrusted-identity: .*\n {2}signed by reusable workflow .*, called from /);
    assert.match(
      all[1]?.message ?? '',
      /\n {2}to accept this signer:\n {4}- trust: sigstore\n {6}github:\n {8}repository: "acme\/app"\n/,
    );
  });

  it('is an error for what is undecided, with what could not be looked at, and a warning in mode warn', () => {
    const [unknown] = buildVerifyAnnotations(sampleResult([sampleUnknown()]));
    assert.equal(unknown?.level, 'error');
    assert.match(unknown?.message ?? '', /\n- could not look: referrers API: server-error: /);
    const warned = buildVerifyAnnotations(sampleResult([sampleFail()], { mode: 'warn' }));
    assert.deepEqual(new Set(warned.map(({ level }) => level)), new Set(['warning']));
  });

  it('has no place for the short form, which is in no file', () => {
    const rule = sampleRule('required', { at: { file: 'inputs', line: 1 } });
    const image = sampleImage('a/b', [rule], ({ name }, column, digest) =>
      sampleCell(name, column, digest, { state: 'fail' }),
    );
    const used = { policy: samplePolicy([rule], { origin: 'inputs' }), fingerprint: 'sha256:1', roots: new Map() };
    const [first] = buildVerifyAnnotations(sampleResult([image], { used }));
    assert.equal(first?.level, 'error');
    assert.equal(first?.place, undefined);
  });

  it('tells the same story of many platforms once, and each other story by itself', () => {
    const platforms = Array.from({ length: 12 }, (_, i) => `linux/arch${i}`);
    const image = sampleImage(
      'a/b',
      [sampleRule('r')],
      ({ name }, column, digest) =>
        sampleCell(name, column, digest, { state: 'fail', reason: column === 'linux/arch3' ? 'other' : 'none' }),
      { platforms },
    );
    assert.deepEqual(
      buildVerifyAnnotations(sampleResult([image])).map(({ title }) => title),
      ['r: not met on index, linux/arch0, linux/arch1, linux/arch2 and 8 more', 'r: not met on linux/arch3'],
    );
  });

  it('shows nine, and says in the tenth how many more there are', () => {
    const rule = sampleRule('r');
    const image = (count: number) =>
      sampleImage(
        'a/b',
        [rule],
        ({ name }, column, digest) => sampleCell(name, column, digest, { state: 'fail', reason: `no ${column}` }),
        { platforms: Array.from({ length: count - 1 }, (_, i) => `linux/arch${i}`) },
      );
    assert.equal(buildVerifyAnnotations(sampleResult([image(9)])).length, 9);
    const ten = buildVerifyAnnotations(sampleResult([image(10)]));
    assert.equal(ten.length, 10);
    assert.equal(ten[9]?.title, '1 more check is not met');
    const many = buildVerifyAnnotations(sampleResult([image(60)]));
    assert.equal(many.length, 10);
    assert.equal(many[9]?.title, '51 more checks are not met');
  });

  it('has the images without a verdict, and why no image was judged', () => {
    const fleet = buildVerifyAnnotations(sampleFleet(13));
    assert.equal(fleet.at(-1)?.title, 'manifest-unknown');
    assert.match(
      buildVerifyAnnotations(sampleResult([sampleBroken()]))[0]?.message ?? '',
      /^ghcr\.io\/acme\/gone:1\.0: .*\nIs the tag right\?$/,
    );
    const error = new CodedError('policy-not-on-base', 'not at main', { location: { file: POLICY_FILE, line: 1 } });
    const [first] = buildVerifyAnnotations(sampleResult([], { used: undefined, error }));
    assert.equal(first?.title, 'policy-not-on-base');
    assert.deepEqual(first?.place, { file: POLICY_FILE, line: 1, col: undefined });
  });

  it('stays one command whatever the text', () => {
    const annotations = buildVerifyAnnotations(sampleHostile());
    assert.ok(annotations.length > 0);
    for (const { level, title, message, place } of annotations) {
      const line = renderCommand(level, title, message, place);
      assert.match(line, /^::warning (?:file=[^,:]*,line=3,col=1,)?title=[^:,]*::[^\p{Cc}\u202e]*$/u);
    }
  });
});
