import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  escapeHtml,
  escapeLogLine,
  escapeMarkdownCell,
  escapeMermaidLabel,
  escapeTerminal,
  escapeWorkflowData,
  escapeWorkflowProperty,
} from '../../src/report/escape.ts';
import { fc } from '../support/fast-check.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('::', '##[', '%', '\n', '\r', '|', '`', '<b>', '"', ']', '%%{', '\x1b[', 'style:#a;'), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
);

function table(
  render: (text: string) => string,
  rows: readonly [title: string, text: string, expected: string][],
): void {
  for (const [title, text, expected] of rows) it(title, () => assert.equal(render(text), expected));
}

describe('escapeTerminal', () => {
  table(escapeTerminal, [
    ['leaves ordinary text of any language alone', 'sbom ünïcode 日本語 ok 🙂 a\\b', 'sbom ünïcode 日本語 ok 🙂 a\\b'],
    ['writes an ANSI sequence out', '\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['writes an 8-bit CSI out', '\x9b2J', '\\x9b2J'],
    ['keeps everything on one line', 'a\r\nb\tc\x0bd\u2028e', 'a\\r\\nb\\tc\\x0bd\\u2028e'],
    ['writes NUL, backspace and DEL out', 'a\0b\bc\x7f', 'a\\x00b\\x08c\\x7f'],
    ['writes bidi overrides and isolates out', 'gnp\u202egpj\u2066x\u2069', 'gnp\\u202egpj\\u2066x\\u2069'],
    ['writes zero-width characters out', 'pay\u200bpal\ufeff', 'pay\\u200bpal\\ufeff'],
    ['writes tag characters out', 'a\u{e0041}', 'a\\u{e0041}'],
    ['writes half a surrogate pair out', 'a\ud800b', 'a\\ud800b'],
    ['writes an OSC 8 link out', '\x1b]8;;https://evil\x07x\x1b]8;;\x07', '\\x1b]8;;https://evil\\x07x\\x1b]8;;\\x07'],
  ]);

  it('leaves no control or format character whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(escapeTerminal(text), /[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('escapeLogLine', () => {
  table(escapeLogLine, [
    ['disarms a command at the start of a line', '::error::x', '\\x3a:error::x'],
    ['disarms a command after blanks', '  ::add-mask::x', '  \\x3a:add-mask::x'],
    ['keeps a command after a line break within the line', 'x\n::set-output name=a::b', 'x\\n::set-output name=a::b'],
    ['disarms the old form anywhere', 'x ##[error]y', 'x #\\x23[error]y'],
    ['leaves colons within text alone', 'sha256:ab ::x', 'sha256:ab ::x'],
  ]);

  it('never yields a line that the runner takes for a command', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = escapeLogLine(text);
        assert.ok(!line.trimStart().startsWith('::') && !line.includes('##[') && !line.includes('\n'));
      }),
    );
  });
});

describe('escapeHtml', () => {
  table(escapeHtml, [
    ['disarms tags', '<script>alert(1)</script>', '&#60;script&#62;alert(1)&#60;/script&#62;'],
    ['disarms quotes of both kinds', `" onload='x'`, '&#34; onload=&#39;x&#39;'],
    ['escapes an entity', '&lt;', '&#38;lt;'],
    ['writes control characters out', 'a\nb', 'a\\nb'],
  ]);
});

describe('escapeMarkdownCell', () => {
  table(escapeMarkdownCell, [
    ['leaves a media type readable', 'application/vnd.x.v0.3+json', 'application/vnd.x.v0.3+json'],
    ['cannot end a cell', 'a | b', 'a &#124; b'],
    ['cannot end a cell behind a backslash', 'a \\| b', 'a &#92;&#124; b'],
    ['cannot begin a row', 'a\n| b | c |', 'a&#92;n&#124; b &#124; c &#124;'],
    ['is no image', '![x](https://evil/p.png)', '&#33;&#91;x&#93;&#40;https&#58;//evil/p.png&#41;'],
    ['is no bare link', 'www.evil.example WWW.evil.example', 'www&#46;evil.example WWW&#46;evil.example'],
    [
      'is no mention, issue, math, emoji or emphasis',
      '@a #1 $x$ :tada: *b* _c_ ~~d~~',
      '&#64;&#8288;a &#35;&#8288;1 &#36;x&#36; &#58;tada&#58; &#42;b&#42; &#95;c&#95; &#126;&#126;d&#126;&#126;',
    ],
    ['is no HTML', '<img src=x onerror=alert(1)>', '&#60;img src&#61;x onerror&#61;alert&#40;1&#41;&#62;'],
    ['is no code span', '``x``', '&#96;&#96;x&#96;&#96;'],
    ['does not become an entity', '&amp;', '&#38;amp;'],
  ]);

  it('leaves nothing that Markdown or HTML could read, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rest = escapeMarkdownCell(text).replace(/&#\d+;/g, '');
        assert.doesNotMatch(rest, /[|`*_[\]<>&\\@$\n\r]/);
      }),
    );
  });
});

describe('escapeMermaidLabel', () => {
  table(escapeMermaidLabel, [
    ['leaves a media type readable', 'application/vnd.x.v0.3+json', 'application/vnd.x.v0.3+json'],
    ['leaves letters of other scripts alone', 'naïve 日本', 'naïve 日本'],
    ['cannot end the label', 'a"]; click a "https://evil"', 'a#34;#93;#59; click a #34;https#58;//evil#34;'],
    [
      'cannot set the configuration',
      '%%{init: {"securityLevel":"loose"}}%%',
      '#37;#37;#123;init#58; #123;#34;securityLevel#34;#58;#34;loose#34;#125;#125;#37;#37;',
    ],
    ['cannot bring an entity of its own', '#quot;', '#35;quot#59;'],
    ['cannot bring what Mermaid writes entities as', 'ﬂ°°34¶ß', '#64258;#176;#176;34#182;#223;'],
    ['is no HTML', '<img src=x>', '#60;img src#61;x#62;'],
    ['is no Markdown string', '`**x**`', '#96;#42;#42;x#42;#42;#96;'],
    ['stays on its line', 'a\nb --> c', 'a#8726;nb --#62; c'],
  ]);

  it('yields harmless signs and numeric entities only, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rest = escapeMermaidLabel(text).replace(/#\d+;/g, '');
        assert.doesNotMatch(rest, /["#;<>&%{}[\]()|`:\n\r]/);
      }),
    );
  });
});

describe('escapeWorkflowData', () => {
  table(escapeWorkflowData, [
    ["keeps line breaks in the runner's own escape", 'a\nb\r\nc', 'a%0Ab%0Ac'],
    ['cannot forge an escape', '100%0A::error::x', '100%250A::error::x'],
    ['writes ANSI out', '\x1b[1m', '\\x1b[1m'],
  ]);
});

describe('escapeWorkflowProperty', () => {
  table(escapeWorkflowProperty, [
    ['cannot end the property or the properties', 'a,b::c', 'a%2Cb%3A%3Ac'],
    ['cannot forge an escape', '%2C', '%252C'],
    ['stays on its line', 'a\nb', 'a\\nb'],
  ]);
});
