import { hasCode } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { decodeBase64 } from '../base64.ts';
import { nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';
import { NOTATION_PAYLOAD_TYPE, notationEvidence } from './notation.ts';

/** A Notation signature as JWS, flattened JSON (notaryproject/specifications signature-envelope-jws.md). */
export const notationJws: JsonFormat = {
  title: 'Notation JWS signature',
  clue: '"protected"',
  claimClues: ['"protected"', '"payload"', '"signature"'],
  recognise(json) {
    const text = stringOf(json['protected']);
    if (text === undefined || stringOf(json['signature']) === undefined) return undefined;
    const contentType = readContentType(text);
    // a JWS of somebody else is no near miss
    if (contentType !== NOTATION_PAYLOAD_TYPE) return undefined;
    const chain = readChain(json['header']);
    if (chain === undefined) return nearMiss('header.x5c is not an array of base64 certificates');
    const payload = decodeBase64(stringOf(json['payload']) ?? '');
    return notationEvidence({ kind: 'notation-jws', mediaType: 'application/jose+json', chain, payload });
  },
};

function readContentType(protectedText: string): JsonValue | undefined {
  const bytes = decodeBase64(protectedText);
  if (bytes === undefined) return undefined;
  try {
    const header: JsonObject = parseStrictJsonObject(bytes, { what: 'the protected header' });
    return header['cty'];
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return undefined;
    throw error;
  }
}

function readChain(header: JsonValue | undefined): Uint8Array[] | undefined {
  if (!isJsonObject(header) || !Array.isArray(header['x5c'])) return undefined;
  const chain = header['x5c'].map((entry) => decodeBase64(stringOf(entry) ?? ''));
  return chain.includes(undefined) ? undefined : chain.filter((der) => der !== undefined);
}
