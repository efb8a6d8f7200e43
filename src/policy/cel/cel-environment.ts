import { type CelEnv, type CelFunc, CelScalar, celEnv, celFunc, celMethod, listType } from '@bufbuild/cel';
import { compileSearch } from '../regexp.ts';
import { MAX_PATTERN_LENGTH } from '../text-matcher.ts';
import { concatLists } from './concat-lists.ts';
import { containsText } from './contains-text.ts';

/** Longest text that `+` makes, in UTF-16 units. */
const MAX_TEXT = 16 * 1024 * 1024;

/** Longest run of bytes that `+` makes. */
const MAX_BYTES = MAX_TEXT;

const { BOOL, BYTES, DYN, INT, STRING } = CelScalar;
const LIST = listType(DYN);

/** CEL's standard functions; where the library's own would overflow the stack or the memory, ours of the same meaning. */
export function createCelEnvironment(): CelEnv {
  return celEnv({ re2: { compile: (pattern) => ({ test: search(pattern) }) }, funcs: boundedFunctions() });
}

function boundedFunctions(): CelFunc[] {
  return [
    celFunc('_+_', [LIST, LIST], LIST, concatLists),
    celFunc('_+_', [STRING, STRING], STRING, concatTexts),
    celFunc('_+_', [BYTES, BYTES], BYTES, concatBytes),
    celMethod('contains', STRING, [STRING], BOOL, function contains(needle) {
      return containsText(this, needle);
    }),
    celFunc('size', [STRING], INT, countCharacters),
    celMethod('size', STRING, [], INT, function size() {
      return countCharacters(this);
    }),
  ];
}

function concatTexts(left: string, right: string): string {
  if (left.length + right.length > MAX_TEXT) throw new RangeError('the text becomes too long');
  return left + right;
}

function concatBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length + right.length > MAX_BYTES) throw new RangeError('the bytes become too many');
  return Buffer.concat([left, right]);
}

/** In code points, as CEL counts. */
function countCharacters(text: string): bigint {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
    if (isPair) count--;
  }
  return BigInt(count);
}

/** Of one pattern, the last one used: in a loop it is compiled once. */
let last: { readonly pattern: string; readonly test: (text: string) => boolean } | undefined;

function search(pattern: string): (text: string) => boolean {
  if (last?.pattern === pattern) return last.test;
  if (pattern.length > MAX_PATTERN_LENGTH)
    throw new RangeError(`a pattern has at most ${MAX_PATTERN_LENGTH} characters`);
  const compiled = compileSearch(pattern);
  if ('problem' in compiled)
    throw new SyntaxError(`${JSON.stringify(pattern)} is no RE2 expression: ${compiled.problem}`);
  last = { pattern, test: compiled.test };
  return compiled.test;
}
