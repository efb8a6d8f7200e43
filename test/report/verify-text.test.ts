import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { CodedError } from '../../src/errors/coded-error.ts';
import { ansiStyle } from '../../src/report/text-style.ts';
import { byteLength } from '../../src/report/truncate.ts';
import { renderVerifyText } from '../../src/report/verify-text.ts';
import {
  sampleBroken,
  sampleCell,
  sampleFail,
  sampleFleet,
  sampleGap,
  sampleHostile,
  sampleImage,
  samplePass,
  sampleResult,
  sampleRule,
  sampleUnknown,
  unsignedSbom,
  untrusted,
  verified,
} from '../support/sample-verdict.ts';

describe('renderVerifyText', () => {
  it('has a matrix of rules and columns', () => {
    const lines = renderVerifyText(sampleResult([sampleFail()])).split('\n');
    assert.match(lines[0] ?? '', /^ghcr\.io\/acme\/app:1\.4 {2}sha256:[0-9a-f]{64}$/);
    assert.deepEqual(
      lines.slice(1, 6).map((line) => line.trim().split(/ {2,}/)),
      [
        ['index', 'linux/amd64', 'linux/arm64', 'linux/arm/v7'],
        ['SBOM on every platform', '·', '✓ met', '✓ met', '✗ not met'],
        ['SLSA provenance from our release workflow', '·', '✗ not met', '✗ not met', '✗ not met'],
        ['two reviewers', '~ waived', '·', '·', '·'],
        ['the SBOM is itself signed', '·', '✓ met', '✓ met', '✓ met'],
      ],
    );
    assert.match(lines[6] ?? '', /^! waived: two reviewers on index: waived until 2027-01-31: the second reviewer/);
  });

  it('says where the evidence was written, and what kept it from being all, before the verdict', () => {
    const error = new CodedError('download-conflict', 'download: evidence/a is in the way');
    const download = { index: '/work/evidence/evidence.json', documents: [], error };
    const result = sampleResult([samplePass()]);
    const lines = renderVerifyText({ ...result, download })
      .trimEnd()
      .split('\n');
    const at = lines.indexOf('wrote /work/evidence/evidence.json (0 documents)');
    assert.equal(lines[at + 1], 'error[download-conflict]: download: evidence/a is in the way');
    assert.ok(at > 0 && at < lines.length - 2, lines.join('\n'));
    assert.equal(renderVerifyText(result).includes('wrote'), false);
  });

  it('has for each rule the columns of each state where a matrix would be too wide for a terminal', () => {
    const platforms = ['386', 'amd64', 'arm64', 'ppc64le', 'riscv64', 's390x', 'mips64le'].map((a) => `linux/${a}`);
    const image = sampleImage(
      'r.example/a:1',
      [sampleRule('provenance'), sampleRule('review')],
      (rule, column, digest) => {
        const state = column === 'linux/386' && rule.name === 'review' ? 'unknown' : 'pass';
        return column === 'index' ? undefined : sampleCell(rule.name, column, digest, { state });
      },
      { platforms },
    );
    const lines = renderVerifyText(sampleResult([image])).split('\n');
    assert.deepEqual(lines.slice(1, 6), [
      'provenance',
      `  ✓ met  ${platforms.join(', ')}`,
      'review',
      '  ? undecided  linux/386',
      `  ✓ met        ${platforms.slice(1).join(', ')}`,
    ]);
  });

  it('tells the same story of several columns once: reason, signer, expected and found side by side, what to paste', () => {
    const text = renderVerifyText(sampleResult([sampleFail()]));
    const start = text.indexOf('✗ SLSA provenance');
    assert.equal(text.indexOf('✗ SLSA provenance', start + 1), -1);
    const lines = text.slice(start).split('\n');
    const expected = [
      /^✗ SLSA provenance from our release workflow on linux\/amd64, linux\/arm64, linux\/arm\/v7 {2}\.github\/referrers\.yml:14$/,
      /^ {2}no statement of https:\/\/slsa\.dev\/provenance\/v1 is signed by whom the rule accepts$/,
      /^ {2}asked for: a verified statement of https:\/\/slsa\.dev\/provenance\/v1, signed by acme\/app\/\.github\/workflows\/release\.yml run for acme\/app at refs\/tags\/v\*, at most 30 days old$/,
      /^ {2}- untrusted-identity {2}https:\/\/slsa\.dev\/provenance\/v1 {2}sha256:[0-9a-f]{12} \(API\), and 2 more like it$/,
      /^ {4}the signature is right, but not by a signer that the rule accepts$/,
      /^ {4}signed by reusable workflow acme\/build-tools\/.*, called from acme\/app\/\.github\/workflows\/release\.yml$/,
      /^ +expected +found$/,
      /^ {4}✓ {2}repository +acme\/app +acme\/app$/,
      /^ {4}✗ {2}ref +refs\/tags\/v\* +refs\/heads\/main$/,
      /^ {4}✗ {2}signer-workflow {2}acme\/app\/\S+release\.yml {2}acme\/build-tools\/\S+docker\.yml$/,
      /^ {4}to accept this signer, add to signed-by:$/,
      /^ {6}- trust: sigstore$/,
      /^ {8}github:$/,
      /^ {10}repository: "acme\/app"$/,
      /^ {10}workflow: "\.github\/workflows\/release\.yml"$/,
      /^ {10}signer-workflow: "acme\/build-tools\/\S+"$/,
      /^ {10}ref: "refs\/heads\/main"$/,
      /^ {2}- wrong-predicate {2}application\/spdx\+json {2}sha256:[0-9a-f]{12} \(API\), and 2 more like it$/,
    ];
    for (const [i, pattern] of expected.entries()) assert.match(lines[i] ?? '', pattern);
  });

  it('says where the lines go that would accept a signer: into signed-by, or into the inputs of the step', () => {
    const ofInputs = sampleImage('a/b', [sampleRule('r')], ({ name }, column, digest) => {
      const judgement = untrusted('one', digest);
      const paste = 'signer-workflow: "acme/x/.github/workflows/y.yml"\nsource-ref: "refs/heads/main"';
      const mismatch = { rows: judgement.mismatch?.rows ?? [], paste };
      return sampleCell(name, column, digest, { state: 'fail', reason: 'no', rejected: [{ ...judgement, mismatch }] });
    });
    assert.match(
      renderVerifyText(sampleResult([ofInputs])),
      /to accept this signer, write in the inputs:\n {6}signer-workflow: "acme\/x\/\S+"\n {6}source-ref: "refs\/heads\/main"\n/,
    );
  });

  it('tells once of a place that could not be looked at: with the cells that it keeps undecided, else as a notice', () => {
    const reason = 'status 503 of the registry';
    const message = `api could not be looked at for sha256:1: ${reason}`;
    const imageOf = (state: 'pass' | 'unknown') =>
      sampleImage(
        'a/b',
        [sampleRule('r')],
        ({ name }, column, digest) =>
          sampleCell(name, column, digest, state === 'pass' ? {} : { state, gaps: [sampleGap(digest, { reason })] }),
        { notices: [{ code: 'source-unread', message }] },
      );
    const undecided = renderVerifyText(sampleResult([imageOf('unknown')]));
    assert.match(undecided, /could not look: .*status 503 of the registry/);
    assert.doesNotMatch(undecided, /source-unread/);
    assert.match(renderVerifyText(sampleResult([imageOf('pass')])), /^! source-unread: api could not .*status 503/m);
  });

  it('counts a document that is on several columns once', () => {
    const image = sampleImage('a/b', [sampleRule('r'), sampleRule('s')], ({ name }, column, digest) => {
      const onIndex = verified('one', digest);
      return name === 'r'
        ? sampleCell(name, column, digest, { state: 'fail', reason: 'no', rejected: [untrusted('one', digest)] })
        : sampleCell(name, column, digest, { evidence: [onIndex] });
    });
    const text = renderVerifyText(sampleResult([image]));
    assert.match(text, /sha256:[0-9a-f]{12} \(API\)\n {4}the signature is right/);
    assert.match(text, /^✓ {2}s {2}index, linux\/amd64, linux\/arm64, linux\/arm\/v7 {2}sha256:[0-9a-f]{12} \(API\)/m);
  });

  it('does not tell columns together that differ in signer or reason', () => {
    const image = sampleImage('a/b', [sampleRule('r')], ({ name }, column, digest) =>
      sampleCell(name, column, digest, {
        state: 'fail',
        reason: 'no',
        rejected: [untrusted(column, digest, column === 'index' ? { reason: 'another' } : {})],
      }),
    );
    const text = renderVerifyText(sampleResult([image]));
    assert.match(text, /^✗ r on index {2}/m);
    assert.match(text, /^✗ r on linux\/amd64, linux\/arm64, linux\/arm\/v7 {2}/m);
  });

  it('says once what could not be looked at, with its hint', () => {
    const text = renderVerifyText(sampleResult([sampleUnknown()]));
    assert.equal(text.match(/could not look/g)?.length, 1);
    assert.match(
      text,
      /^! could not look: referrers API of linux\/arm64: server-error: GET .*\n {2}hint: The registry/m,
    );
    assert.match(text, /^ {2}- unread {2}/m);
    assert.match(text, /\n\? unknown: 3 of 10 checks undecided\n$/);
  });

  it('says what was accepted: which referrer, where, by whom, by which root and when; and the roots and the policy', () => {
    const text = renderVerifyText(sampleResult([samplePass()]));
    assert.match(
      text,
      /^✓ {2}two reviewers +index +sha256:[0-9a-f]{12} \(API\) +https:\/\/github\.com\/acme\/app\/\.github\/workflows\/release\.yml@refs\/tags\/v1\.4\.0 {2}public-good {2}2026-11-20 09:14 UTC \(log\)$/m,
    );
    assert.match(
      text,
      /^✓ {2}SBOM on every platform +linux\/amd64, linux\/arm64, linux\/arm\/v7 +sha256:[0-9a-f]{12} \+2 \(API\) +an SPDX document/m,
    );
    assert.match(
      text,
      /^trust sigstore: public-good, embedded, 2026-10-30, 23 days old\npolicy \.github\/referrers\.yml sha256:[0-9a-f]{64} at main$/m,
    );
    assert.match(text, /\n✓ pass: 10 checks on 1 image, all met or waived\n$/);
  });

  it('shows the signature that made an unsigned artifact count', () => {
    const image = sampleImage(
      'a/b',
      [sampleRule('r')],
      ({ name }, column, digest) => {
        const voucher = verified('v', digest);
        return sampleCell(name, column, digest, {
          evidence: [unsignedSbom('s', digest, { state: 'verified', voucher })],
        });
      },
      { platforms: [] },
    );
    assert.match(
      renderVerifyText(sampleResult([image])),
      /^✓ {2}r {2}image .*release\.yml@refs\/tags\/v1\.4\.0 {2}public-good/m,
    );
  });

  it('is loud in mode warn', () => {
    const text = renderVerifyText(sampleResult([sampleFail()], { mode: 'warn' }));
    assert.match(text, /\n! mode: warn: the verdict is fail, and this run succeeds all the same\n$/);
    assert.doesNotMatch(renderVerifyText(sampleResult([samplePass()], { mode: 'warn' })), /mode: warn/);
  });

  it('gives of many images a line to each that passes, and the others whole', () => {
    const text = renderVerifyText(sampleFleet());
    assert.ok(byteLength(text) < 64_000, `${byteLength(text)} bytes`);
    assert.equal(text.match(/^✓ ghcr\.io\/acme\/service-\d+:2026\.11 {2}sha256:/gm)?.length, 197);
    assert.match(text, /\nghcr\.io\/acme\/service-012:2026\.11\nerror\[manifest-unknown\]: /);
    assert.match(
      text,
      /\n✗ fail: 4 of 1990 checks not met, 3 of 1990 checks undecided, 1 of 200 images could not be judged\n$/,
    );
  });

  it('says why an image or all of them were not judged', () => {
    assert.match(
      renderVerifyText(sampleResult([sampleBroken()])),
      /^ghcr\.io\/acme\/gone:1\.0\nerror\[manifest-unknown\]: .*\n {2}hint: Is the tag right\?\n/,
    );
    const error = new CodedError('policy-not-on-base', 'not at main', { hint: 'Merge it first.' });
    const text = renderVerifyText(sampleResult([], { used: undefined, error }));
    assert.equal(
      text,
      '? unknown: policy-not-on-base: not at main\nerror[policy-not-on-base]: not at main\n  hint: Merge it first.\n',
    );
  });

  it('differs with colours in nothing but the colours', () => {
    for (const result of [sampleResult([sampleFail()]), sampleFleet(20), sampleHostile()]) {
      assert.equal(stripVTControlCharacters(renderVerifyText(result, ansiStyle)), renderVerifyText(result));
    }
  });

  it('lets no text of others colour, move, hide or break lines', () => {
    const text = renderVerifyText(sampleHostile());
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    assert.doesNotMatch(text, /^\| a \| b \|/m);
  });
});
