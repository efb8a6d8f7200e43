import { CodedError } from '../../errors/coded-error.ts';
import type { Annotations } from '../../oci/descriptor.ts';
import { ANNOTATION_ATTACHED_BY } from '../../referrers/marker.ts';
import { isCommentLine } from './comment-line.ts';

/**
 * `key=value` lines -> annotations. The key ends at the first `=`; blanks around key and value are dropped, a value may
 * be empty and may hold `=`. Blank lines and comments (`# ...`) are passed over. Throws `annotation-invalid`: no `=`, no
 * key, a control character in a key, one key with two values, a key that this tool sets itself.
 */
export function parseAnnotationLines(lines: readonly string[]): Annotations {
  const annotations = new Map<string, string>();
  for (const line of lines) {
    const text = line.trim();
    if (text === '' || isCommentLine(text)) continue;
    const { key, value } = parseLine(text);
    const earlier = annotations.get(key);
    if (earlier !== undefined && earlier !== value) {
      throw invalid(text, `the key was given the value ${JSON.stringify(earlier)} before`);
    }
    annotations.set(key, value);
  }
  // fromEntries defines own properties, so a key `__proto__` stays a key
  return Object.fromEntries(annotations);
}

function parseLine(text: string): { readonly key: string; readonly value: string } {
  const equals = text.indexOf('=');
  if (equals < 0) throw invalid(text, 'it has no "="');
  const key = text.slice(0, equals).trim();
  if (key === '') throw invalid(text, 'it has no key before its "="');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(key)) throw invalid(text, 'its key holds a control character');
  if (key === ANNOTATION_ATTACHED_BY) throw invalid(text, 'this key is set by oci-referrers itself');
  return { key, value: text.slice(equals + 1).trim() };
}

function invalid(text: string, why: string): CodedError {
  return new CodedError('annotation-invalid', `annotations: line ${JSON.stringify(text)}: ${why}`, {
    hint: 'Expected key=value, one a line, such as org.opencontainers.image.source=https://github.com/acme/app.',
  });
}
