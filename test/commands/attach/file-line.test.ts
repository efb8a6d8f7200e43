import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFileLine, parseFileLines } from '../../../src/commands/attach/file-line.ts';
import { CodedError } from '../../../src/errors/coded-error.ts';
import { isMediaType } from '../../../src/oci/artifact-type.ts';
import { fc } from '../../support/fast-check.ts';

const GOODIES: readonly (readonly [line: string, pattern: string, mediaType?: string])[] = [
  ['sbom.json', 'sbom.json'],
  ['  sbom.json  ', 'sbom.json'],
  ['sbom.json:application/spdx+json', 'sbom.json', 'application/spdx+json'],
  ['sbom.json : application/spdx+json', 'sbom.json', 'application/spdx+json'],
  ['dir/with space/a b.json:text/plain', 'dir/with space/a b.json', 'text/plain'],
  ['C:\\out\\sbom.json', 'C:\\out\\sbom.json'],
  ['C:\\out\\sbom.json:application/json', 'C:\\out\\sbom.json', 'application/json'],
  ['C:/out/sbom.json', 'C:/out/sbom.json'],
  ['c:/out/sbom.json:application/json', 'c:/out/sbom.json', 'application/json'],
  ['\\\\server\\share\\sbom.json', '\\\\server\\share\\sbom.json'],
  ['\\\\server\\share\\sbom.json:application/json', '\\\\server\\share\\sbom.json', 'application/json'],
  ['\\\\?\\C:\\out\\sbom.json', '\\\\?\\C:\\out\\sbom.json'],
  ['//?/C:/out/sbom.json', '//?/C:/out/sbom.json'],
  ['sha256:0123abcd.jsonl', 'sha256:0123abcd.jsonl'],
  ['sha256:0123abcd.jsonl:application/json', 'sha256:0123abcd.jsonl', 'application/json'],
  ['a:/b', 'a:/b'],
  ['out:2024/sbom.json:application/json', 'out:2024/sbom.json', 'application/json'],
  ['sbom-{os}-{arch}.json:application/json', 'sbom-{os}-{arch}.json', 'application/json'],
  ['**/*.{spdx,cdx}.json', '**/*.{spdx,cdx}.json'],
  ['#notes.md', '#notes.md'],
  ['./!x', './!x'],
  ['\u00fcber.json:application/vnd.acme.report.v1+json', '\u00fcber.json', 'application/vnd.acme.report.v1+json'],
];

const UGLIES: readonly (readonly [line: string, code: string, message: RegExp])[] = [
  ['', 'file-line-invalid', /names no file/],
  [':application/json', 'file-line-invalid', /names no file/],
  ['sbom.json:', 'file-line-invalid', /nothing follows its last colon/],
  ['C:', 'file-line-invalid', /nothing follows its last colon/],
  ['!*.json', 'file-line-invalid', /exclude files/],
  ['a\u0000b', 'file-line-invalid', /control character/],
  ['a\u001b[31m', 'file-line-invalid', /control character/],
  ['sbom.json:application/json; charset=utf-8', 'media-type-invalid', /it has parameters/],
  ['sbom.json:application/', 'media-type-invalid', /not type\/subtype/],
  ['sbom.json:a/b/c', 'media-type-invalid', /not type\/subtype/],
  ['sbom.json:text/pl ain', 'media-type-invalid', /not type\/subtype/],
  [`sbom.json:text/${'x'.repeat(128)}`, 'media-type-invalid', /not type\/subtype/],
];

describe('parseFileLine', () => {
  for (const [line, pattern, mediaType] of GOODIES) {
    it(`reads ${JSON.stringify(line)}`, () => {
      const { pattern: gotPattern, mediaType: gotType } = parseFileLine(line);
      assert.equal(gotPattern, pattern);
      assert.equal(gotType, mediaType);
    });
  }
  for (const [line, code, message] of UGLIES) {
    it(`refuses ${JSON.stringify(line.slice(0, 50))}`, () => {
      assert.throws(() => parseFileLine(line), { code, message });
    });
  }

  it('reads a path and a media type back, whatever the path', () => {
    const path = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => text === text.trim() && !/[\p{Cc}]/u.test(text) && !text.startsWith('!'));
    fc.assert(
      fc.property(path, (text) => {
        assert.deepEqual(parseFileLine(`${text}:application/vnd.acme+json`), {
          text: `${text}:application/vnd.acme+json`,
          pattern: text,
          mediaType: 'application/vnd.acme+json',
        });
      }),
    );
  });

  it('gives a path and a valid media type, or one of two errors, for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const line = parseFileLine(text);
          return line.pattern !== '' && (line.mediaType === undefined || isMediaType(line.mediaType));
        } catch (error) {
          return error instanceof CodedError && ['file-line-invalid', 'media-type-invalid'].includes(error.code);
        }
      }),
    );
  });
});

describe('parseFileLines', () => {
  it('passes over blank lines and comments', () => {
    const lines = parseFileLines(['', '  ', '# the SBOM', '#', 'a.json', '#\tx', ' b.json:text/plain ']);
    assert.deepEqual(lines, [
      { text: 'a.json', pattern: 'a.json' },
      { text: 'b.json:text/plain', pattern: 'b.json', mediaType: 'text/plain' },
    ]);
  });
});
