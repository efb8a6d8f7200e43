import { CodedError, hasCode } from '../errors/coded-error.ts';
import type { Detection } from '../evidence/detection.ts';
import { parseStatement } from '../evidence/parse-statement.ts';
import { decodeStrictUtf8, type JsonObject, parseStrictJsonObject } from '../oci/strict-json.ts';
import { compactJson } from './compact-json.ts';
import { predicateTypeOf } from './predicate-type.ts';

/** What of a file is signed: as a predicate, in a statement about the subject; or the statement that it is. */
export type Signable =
  | { readonly kind: 'predicate'; readonly predicateType: string; readonly predicate: string }
  | { readonly kind: 'statement'; readonly predicateType: string; readonly payload: Uint8Array };

export interface SignableSource {
  readonly bytes: Uint8Array;
  readonly detection: Detection;
  /** The user's word on the predicate type. */
  readonly predicateType: string | undefined;
  /** The file, for messages. */
  readonly what: string;
}

/**
 * Throws `predicate-type-needed`, and `input-conflict` for what is no JSON object, or a statement of another type than
 * the user says.
 */
export function readSignable(source: SignableSource): Signable {
  const { bytes, detection, what } = source;
  if (detection.kind === 'in-toto') return readStatement(source);
  const json = readObject(bytes, what);
  const predicateType = source.predicateType ?? predicateTypeOf(detection, json);
  if (predicateType === undefined) {
    throw new CodedError('predicate-type-needed', `${what} cannot be signed: what it is to a verifier is not known`, {
      hint: 'Set predicate-type to the URI of its predicate type, such as https://in-toto.io/attestation/test-result/v0.1; or sign-by-digest, which needs none.',
    });
  }
  return { kind: 'predicate', predicateType, predicate: compactJson(decodeStrictUtf8(bytes, what)) };
}

function readStatement({ bytes, predicateType, what }: SignableSource): Signable {
  const statement = parseStatement(bytes, what);
  if (predicateType !== undefined && predicateType !== statement.predicateType) {
    throw new CodedError(
      'input-conflict',
      `predicate-type is ${predicateType}, but ${what} is a statement of ${statement.predicateType}`,
      { hint: 'Leave predicate-type out: a statement is signed as it is.' },
    );
  }
  return { kind: 'statement', predicateType: statement.predicateType, payload: bytes };
}

function readObject(bytes: Uint8Array, what: string): JsonObject {
  try {
    return parseStrictJsonObject(bytes, { what });
  } catch (error) {
    if (!hasCode(error, 'json-invalid')) throw error;
    throw new CodedError('input-conflict', `${what} cannot be signed as a predicate: ${error.message}`, {
      cause: error,
      hint: 'A predicate is a JSON object. With `sign-by-digest: true` any file can be signed.',
    });
  }
}
