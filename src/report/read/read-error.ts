import { CodedError } from '../../errors/coded-error.ts';
import { ERROR_EXIT_CODES, type ErrorCode } from '../../errors/codes.ts';
import type { JsonReader } from './json-reader.ts';

/** Codes that are written down. */
const CODES = Object.keys(ERROR_EXIT_CODES) as readonly ErrorCode[];

export function readError(one: JsonReader): CodedError {
  const { code, message, hint } = one.object('code', 'message', 'hint');
  return new CodedError(code.word(CODES), message.text(), { hint: hint.optional((text) => text.text()) });
}
