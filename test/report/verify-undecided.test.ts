import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readVerifyJson } from '../../src/report/read/read-verify-json.ts';
import { buildVerifyAnnotations } from '../../src/report/verify-annotations.ts';
import { renderVerifyComment } from '../../src/report/verify-comment.ts';
import { buildVerifyJson } from '../../src/report/verify-json.ts';
import { buildVerifySarif } from '../../src/report/verify-sarif.ts';
import { renderVerifySummary } from '../../src/report/verify-summary.ts';
import { renderVerifyText } from '../../src/report/verify-text.ts';
import { sampleResult, sampleUndecided, sampleUnknown } from '../support/sample-verdict.ts';

const result = sampleResult([sampleUndecided()]);

describe('evidence whose condition was not decided', () => {
  it('is called undecided, and nobody says that it could not be looked at', () => {
    const texts = {
      terminal: renderVerifyText(result),
      summary: renderVerifySummary(result),
      comment: renderVerifyComment(result, { key: 'k' }),
      annotations: JSON.stringify(buildVerifyAnnotations(result)),
      sarif: JSON.stringify(buildVerifySarif(result, { version: '1.0.0' })),
    };
    for (const [where, text] of Object.entries(texts)) {
      assert.match(text, /undecided/, where);
      assert.match(text, /was not decided.{1,6} the conditions take too long/, where);
      assert.doesNotMatch(text, /could not look|could not be looked at:|unread/i, where);
    }
    assert.match(texts.terminal, /^ {2}- undecided {2}/m);
    assert.match(texts.terminal, /^! not decided: .*condition-undecided: .*\n {2}hint: Narrow the condition\./m);
    assert.match(texts.summary, /^What was not decided:$/m);
  });

  it('stands beside what could not be looked at, each by its own name', () => {
    const [first, second] = [sampleUndecided(), sampleUnknown()];
    const gaps = second.rules.flatMap(({ cells }) => cells.flatMap((cell) => cell.gaps));
    const rules = first.rules.map((rule) => ({
      ...rule,
      cells: rule.cells.map((cell) => (cell.state === 'unknown' ? { ...cell, gaps: [...cell.gaps, ...gaps] } : cell)),
    }));
    const both = sampleResult([{ ...first, rules }]);
    assert.match(renderVerifySummary(both), /^What could not be looked at, or was not decided:$/m);
    const text = renderVerifyText(both);
    assert.match(text, /^! not decided: /m);
    assert.match(text, /^! could not look: /m);
  });

  it('is read from reports of builds that called it unread, which stay as they are', () => {
    const json = JSON.parse(JSON.stringify(buildVerifyJson(result).images).replaceAll('"undecided"', '"unread"'));
    const older = JSON.parse(JSON.stringify({ ...buildVerifyJson(result), images: json }));
    assert.match(JSON.stringify(older), /"state":"unread"/);
    const read = readVerifyJson(Buffer.from(JSON.stringify(older)), 'older.json');
    assert.deepEqual([read.verdict, JSON.parse(JSON.stringify(buildVerifyJson(read)))], ['unknown', older]);
  });
});
