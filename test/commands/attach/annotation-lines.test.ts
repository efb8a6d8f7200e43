import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAnnotationLines } from '../../../src/commands/attach/annotation-lines.ts';
import { ANNOTATION_ATTACHED_BY } from '../../../src/referrers/marker.ts';
import { fc } from '../../support/fast-check.ts';

describe('parseAnnotationLines', () => {
  it('reads keys and values', () => {
    const annotations = parseAnnotationLines([
      'org.opencontainers.image.source=https://github.com/acme/app?a=b',
      ' padded = a value ',
      'empty=',
      'name=na\u00efve \ud83d\ude80',
      '',
      '# a comment',
      '#key=value',
      'same=1',
      'same=1',
    ]);
    assert.deepEqual(annotations, {
      'org.opencontainers.image.source': 'https://github.com/acme/app?a=b',
      padded: 'a value',
      empty: '',
      name: 'na\u00efve \ud83d\ude80',
      '#key': 'value',
      same: '1',
    });
  });

  it('keeps a key __proto__ as a key like any other', () => {
    const annotations = parseAnnotationLines(['__proto__=x', 'constructor=y']);
    assert.deepEqual(Object.entries(annotations), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    assert.equal(Object.getPrototypeOf(annotations), Object.prototype);
  });

  const uglies: readonly (readonly [lines: readonly string[], message: RegExp])[] = [
    [['no equals sign'], /it has no "="/],
    [['=value'], /it has no key/],
    [['  =value'], /it has no key/],
    [['a=1', 'a=2'], /the key was given the value "1" before/],
    [['a\u0000b=1'], /its key holds a control character/],
    [['a\u0085b=1'], /its key holds a control character/],
    [[`${ANNOTATION_ATTACHED_BY}=me`], /set by oci-referrers itself/],
  ];
  for (const [lines, message] of uglies) {
    it(`refuses ${JSON.stringify(lines)}`, () => {
      assert.throws(() => parseAnnotationLines(lines), { code: 'annotation-invalid', message });
    });
  }

  it('reads back what was written, for any key and value', () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.trim());
    const key = text.filter((value) => value !== '' && !/[=\p{Cc}]/u.test(value) && !/^#(\s|$)/.test(value));
    fc.assert(
      fc.property(
        fc.dictionary(
          key,
          text.filter((value) => !/[\r\n]/.test(value)),
        ),
        (annotations) => {
          const lines = Object.entries(annotations).map(([name, value]) => `${name}=${value}`);
          assert.deepEqual(Object.entries(parseAnnotationLines(lines)), Object.entries(annotations));
        },
      ),
    );
  });
});
