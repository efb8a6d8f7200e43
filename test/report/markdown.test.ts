import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markdownHint } from '../../src/report/markdown.ts';
import { renderVerifySummary } from '../../src/report/verify-summary.ts';
import { sampleResult, sampleUnknown } from '../support/sample-verdict.ts';

describe('a hint in Markdown', () => {
  it('has what stands between backticks in code font', () => {
    assert.equal(markdownHint('Set `sources` or `image`.'), 'Set <code>sources</code> or <code>image</code>.');
    assert.match(renderVerifySummary(sampleResult([sampleUnknown()])), /other sources with <code>sources<\/code>\./);
  });

  it('keeps a backtick that stands alone, and escapes what stands between two', () => {
    assert.equal(markdownHint('a ` b'), 'a &#96; b');
    assert.equal(markdownHint('`<img>|@me`'), '<code>&#60;img&#62;&#124;&#64;&#8288;me</code>');
  });
});
