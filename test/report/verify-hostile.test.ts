import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderCommand } from '../../src/report/error-text.ts';
import { byteLength } from '../../src/report/truncate.ts';
import { buildVerifyAnnotations } from '../../src/report/verify-annotations.ts';
import { renderVerifyComment } from '../../src/report/verify-comment.ts';
import { renderVerifySummary } from '../../src/report/verify-summary.ts';
import { renderVerifyText } from '../../src/report/verify-text.ts';
import { fc } from '../support/fast-check.ts';
import { sampleHostile } from '../support/sample-verdict.ts';

/** Anything that a registry, a certificate or a server may say. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '::',
        '##[',
        '%',
        '\n',
        '\r\n',
        '|',
        '`',
        '```',
        '<b>',
        '</pre>',
        '</details>',
        '-->',
        '"',
        '](',
        '> ',
        '# ',
        '- ',
        '@x',
        '\x1b[',
        '\u202e',
        'www.',
        '&amp;',
        '$',
        '\\',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', minLength: 2000, maxLength: 3000 }),
);

const OUR_TAG = /^<\/?(?:code|b|sub|i|wbr|br|details(?: open)?|summary|pre)>$/;

function forAnyText(check: (result: ReturnType<typeof sampleHostile>) => void): void {
  fc.assert(
    fc.property(anyText, (text) => check(sampleHostile(text))),
    { numRuns: 150 },
  );
}

describe('whatever others say', () => {
  it('the terminal gets lines of visible characters', () => {
    forAnyText((result) =>
      assert.doesNotMatch(renderVerifyText(result).replaceAll('\n', ''), /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u),
    );
  });

  it('the summary has no tag but ours, each closed, and as many lines of a table as there are rows', () => {
    const rowsOf = (summary: string) => summary.match(/^\s*\|/gm)?.length;
    const expected = rowsOf(renderVerifySummary(sampleHostile('x')));
    forAnyText((result) => {
      const summary = renderVerifySummary(result);
      const tags = summary.match(/<[^>]*>/g) ?? [];
      assert.deepEqual(
        tags.filter((tag) => !OUR_TAG.test(tag)),
        [],
      );
      for (const name of ['details', 'summary', 'pre', 'code', 'sub', 'b']) {
        const opened = tags.filter((tag) => tag.startsWith(`<${name}>`) || tag.startsWith(`<${name} `)).length;
        assert.equal(opened, tags.filter((tag) => tag === `</${name}>`).length, name);
      }
      const outside = summary.replaceAll(/<pre>[^<]*<\/pre>/g, '');
      assert.ok((rowsOf(outside) ?? 0) <= (expected ?? 0), 'a row more than there are');
      assert.ok(byteLength(renderVerifyComment(result, { key: 'k' })) <= 60 * 1024);
    });
  });

  it('an annotation stays one command', () => {
    forAnyText((result) => {
      const annotations = buildVerifyAnnotations(result);
      assert.ok(annotations.length > 0);
      for (const { level, title, message, place } of annotations) {
        assert.match(renderCommand(level, title, message, place), /^::warning [^\p{Cc}]*::[^\p{Cc}]*$/u);
      }
    });
  });
});
