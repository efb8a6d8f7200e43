import { type CborValue, parseCbor, Tagged } from '../cbor.ts';
import { type NearMiss, nearMiss, type Recognition } from '../detection.ts';
import { NOTATION_PAYLOAD_TYPE, notationEvidence } from './notation.ts';

/** First byte of a tagged COSE_Sign1: CBOR tag 18 (RFC 9052 §4.2). */
export const COSE_SIGN1_BYTE = 0xd2;
export const NOTATION_COSE_TITLE = 'Notation COSE signature';

const COSE_SIGN1_TAG = 18;
const LABEL_CONTENT_TYPE = 3; // RFC 9052 §3.1
const LABEL_X5CHAIN = 33; // RFC 9360 §2

type Headers = ReadonlyMap<CborValue, CborValue>;

/** A Notation signature as COSE_Sign1 (notaryproject/specifications signature-envelope-cose.md). */
export function recogniseNotationCose(bytes: Uint8Array): Recognition {
  const parsed = parseCbor(bytes);
  if ('reason' in parsed) return nearMiss(`its CBOR cannot be read: ${parsed.reason}`);
  const parts = readSign1(parsed.value);
  if ('kind' in parts) return parts;
  const { protectedHeaders, unprotectedHeaders, payload } = parts;
  const contentType = protectedHeaders.get(LABEL_CONTENT_TYPE);
  if (contentType !== NOTATION_PAYLOAD_TYPE) {
    const said = typeof contentType === 'string' ? JSON.stringify(contentType) : 'missing';
    return nearMiss(`its content type is ${said}, not ${NOTATION_PAYLOAD_TYPE}`);
  }
  const chain = readChain(unprotectedHeaders.get(LABEL_X5CHAIN) ?? protectedHeaders.get(LABEL_X5CHAIN));
  if (chain === undefined) return nearMiss('its x5chain is not a list of certificates');
  return notationEvidence({ kind: 'notation-cose', mediaType: 'application/cose', chain, payload });
}

interface Sign1 {
  readonly protectedHeaders: Headers;
  readonly unprotectedHeaders: Headers;
  readonly payload: Uint8Array;
}

/** COSE_Sign1 = [protected: bstr .cbor map, unprotected: map, payload: bstr, signature: bstr], RFC 9052 §4.2. */
function readSign1(value: CborValue): Sign1 | NearMiss {
  if (!(value instanceof Tagged) || value.tag !== COSE_SIGN1_TAG) return nearMiss('it is not a COSE_Sign1');
  const [protectedBytes, unprotectedHeaders, payload, signature, ...rest] = Array.isArray(value.value)
    ? value.value
    : [];
  const isSign1 =
    protectedBytes instanceof Uint8Array &&
    unprotectedHeaders instanceof Map &&
    payload instanceof Uint8Array &&
    signature instanceof Uint8Array &&
    rest.length === 0;
  if (!isSign1) return nearMiss('it is not the four parts of a COSE_Sign1 with its payload inside');
  const parsed = parseCbor(protectedBytes);
  if ('reason' in parsed || !(parsed.value instanceof Map)) return nearMiss('its protected header is not a CBOR map');
  return { protectedHeaders: parsed.value, unprotectedHeaders, payload };
}

/** One certificate is a byte string, several are an array of them (RFC 9360 §2). */
function readChain(value: CborValue | undefined): Uint8Array[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  const chain = list.filter((der) => der instanceof Uint8Array);
  return chain.length === list.length && chain.length > 0 ? chain : undefined;
}
