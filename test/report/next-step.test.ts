import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/oci/digest.ts';
import type { CandidateJudgement, Cell } from '../../src/policy/verdict.ts';
import { nextStep } from '../../src/report/next-step.ts';
import { renderVerifySummary } from '../../src/report/verify-summary.ts';
import { renderVerifyText } from '../../src/report/verify-text.ts';
import { sampleCell, sampleFail, sampleResult, unsignedSbom, untrusted, verified } from '../support/sample-verdict.ts';

const SUBJECT = digestOf('image');
const failed = (...rejected: readonly CandidateJudgement[]): Cell =>
  sampleCell('r', 'image', SUBJECT, { state: 'fail', rejected });
const other = unsignedSbom('other', SUBJECT, { state: 'wrong-predicate' });
const unsigned = unsignedSbom('sbom', SUBJECT);
const old = verified('old', SUBJECT, { state: 'too-old' });

describe('what to do about an unmet cell', () => {
  const rows: readonly (readonly [string, Cell, RegExp | undefined])[] = [
    ['nothing was there', failed(), /^Nothing of the kind is attached: `attach`/],
    ['only other kinds were there', failed(other, other), /^Nothing of the kind is attached/],
    ['nobody signed it', failed(other, unsigned), /`require-unsigned`/],
    ['it is too old', failed(old), /`max-age`/],
    ['another signed it, which has its own help', failed(unsigned, untrusted('x', SUBJECT)), undefined],
    ['one reason is not all', failed(old, unsigned), undefined],
    ['some of it counts', { ...failed(), evidence: [verified('one', SUBJECT)] }, undefined],
    ['it is met', sampleCell('r', 'image', SUBJECT), undefined],
    ['it could not be looked at', { ...failed(), state: 'unknown' }, undefined],
  ];
  for (const [what, cell, expected] of rows) {
    it(`${what}: ${expected === undefined ? 'nothing' : expected.source}`, () => {
      if (expected === undefined) assert.equal(nextStep(cell), undefined);
      else assert.match(nextStep(cell) ?? '', expected);
    });
  }

  it('stands in the summary, and on a terminal, with the cell that it is about', () => {
    const result = sampleResult([sampleFail()]);
    assert.match(renderVerifyText(result), /on linux\/arm\/v7 .*\n.*\n.*\n {2}hint: Nothing of the kind is attached: /);
    assert.equal(renderVerifyText(result).split('hint: ').length, 2);
    assert.match(renderVerifySummary(result), /\n💡 Nothing of the kind is attached&#58; <code>attach<\/code> /);
  });
});
