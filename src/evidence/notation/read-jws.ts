import type { X509Certificate } from 'node:crypto';
import { errors, flattenedVerify } from 'jose';
import { hasCode } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { decodeBase64 } from '../base64.ts';
import { NOTATION_PAYLOAD_TYPE } from '../formats/notation.ts';
import { readChain } from './certificate-chain.ts';
import { type NotationEnvelope, TIMESTAMP_HEADER } from './envelope.ts';
import { NotationFault } from './notation-fault.ts';
import { parseRfc3339 } from './rfc3339.ts';
import { readSignedAttributes } from './signed-attributes.ts';
import type { SigningAlgorithm } from './signing-algorithm.ts';

/** What is signed, as it stands in the document. */
interface Compact {
  readonly payload: string;
  readonly protected: string;
  readonly signature: string;
}

const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** JWS in flattened JSON (signature-envelope-jws.md; RFC 7515 §7.2.2) -> envelope. Throws a fault. */
export function readJws(bytes: Uint8Array): NotationEnvelope {
  const json = parseJson(bytes, 'the envelope');
  const parts = readParts(json);
  const protectedHeader = parseJson(decodePart(parts.protected, 'protected'), 'the protected header');
  requireContentType(protectedHeader);
  const critical = readCritical(protectedHeader);
  const header = json['header'];
  if (!isJsonObject(header)) throw new NotationFault('header is no object');
  return {
    algorithm: String(protectedHeader['alg'] ?? 'missing'),
    attributes: readSignedAttributes({
      get: (name) => (Object.hasOwn(protectedHeader, name) ? protectedHeader[name] : undefined),
      critical,
      understood: [],
      toTime: (value) => (typeof value === 'string' ? parseRfc3339(value) : undefined),
    }),
    payload: decodePart(parts.payload, 'payload'),
    signature: decodePart(parts.signature, 'signature'),
    chain: readChain(readX5c(header['x5c'])),
    timestamp: readTimestamp(header[TIMESTAMP_HEADER]),
    verifySignature: (leaf, algorithm) => verifyJws(parts, leaf, algorithm, critical),
  };
}

function readParts(json: JsonObject): Compact {
  // the general form (RFC 7515 §7.2.1) has a list of signatures, and no reader may choose
  if (json['signatures'] !== undefined) throw new NotationFault('it has a list of signatures');
  const { payload, protected: protectedText, signature } = json;
  if (typeof payload !== 'string' || typeof protectedText !== 'string' || typeof signature !== 'string') {
    throw new NotationFault('payload, protected and signature are not all strings');
  }
  return { payload, protected: protectedText, signature };
}

function decodePart(text: string, what: string): Uint8Array {
  const bytes = BASE64URL.test(text) ? decodeBase64(text) : undefined;
  if (bytes === undefined) throw new NotationFault(`${what} is not base64url`);
  return bytes;
}

function requireContentType(header: JsonObject): void {
  const said = header['cty'];
  if (said === NOTATION_PAYLOAD_TYPE) return;
  throw new NotationFault(`cty is ${JSON.stringify(said ?? null).slice(0, 200)}, not ${NOTATION_PAYLOAD_TYPE}`);
}

function readCritical(header: JsonObject): string[] {
  const list = Object.hasOwn(header, 'crit') ? header['crit'] : undefined;
  if (!Array.isArray(list)) throw new NotationFault('crit is no list');
  return list.map((name) => {
    if (typeof name !== 'string') throw new NotationFault('crit has an entry that is no string');
    return name;
  });
}

function readX5c(value: JsonValue | undefined): Uint8Array[] {
  if (!Array.isArray(value)) throw new NotationFault('header.x5c is no list');
  return value.map((entry, at) => {
    const der = typeof entry === 'string' ? decodeBase64(entry) : undefined;
    if (der === undefined) throw new NotationFault(`header.x5c[${at}] is not base64`);
    return der;
  });
}

function readTimestamp(value: JsonValue | undefined): Uint8Array | undefined {
  if (value === undefined || value === null) return undefined;
  const token = typeof value === 'string' ? decodeBase64(value) : undefined;
  if (token === undefined) throw new NotationFault(`header["${TIMESTAMP_HEADER}"] is not base64`);
  return token;
}

/** What is critical was judged before: the library only has to know that somebody did. */
async function verifyJws(
  parts: Compact,
  leaf: X509Certificate,
  { jws }: SigningAlgorithm,
  critical: readonly string[],
): Promise<boolean> {
  const crit = Object.fromEntries(critical.map((name) => [name, true]));
  try {
    await flattenedVerify({ ...parts }, leaf.publicKey, { algorithms: [jws], crit });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error;
  }
}

function parseJson(bytes: Uint8Array, what: string): JsonObject {
  try {
    return parseStrictJsonObject(bytes, { what });
  } catch (error) {
    if (hasCode(error, 'json-invalid')) throw new NotationFault(error.message, 'invalid', error);
    throw error;
  }
}
