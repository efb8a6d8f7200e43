import { verify, type X509Certificate } from 'node:crypto';
import { decode, encode } from 'cborg';
import { parseCbor } from '../cbor.ts';
import { NOTATION_PAYLOAD_TYPE } from '../formats/notation.ts';
import { readChain } from './certificate-chain.ts';
import { type NotationEnvelope, TIMESTAMP_HEADER } from './envelope.ts';
import { faultOf, NotationFault } from './notation-fault.ts';
import { readSignedAttributes } from './signed-attributes.ts';
import { coseAlgorithmName, type SigningAlgorithm } from './signing-algorithm.ts';

/** COSE_Sign1 = [protected: bstr .cbor map, unprotected: map, payload: bstr, signature: bstr], RFC 9052 §4.2. */
interface Sign1 {
  readonly protectedBytes: Uint8Array;
  readonly protectedHeaders: Headers;
  readonly unprotectedHeaders: Headers;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}
type Headers = ReadonlyMap<unknown, unknown>;

/** RFC 9052 §3.1, RFC 9360 §2. */
const LABEL = { algorithm: 1, critical: 2, contentType: 3, chain: 33 } as const;
/** Seconds that a Date can hold. */
const MAX_SECONDS = 8.64e12;

class Sign1Tag {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** COSE_Sign1, tagged (signature-envelope-cose.md) -> envelope. Throws a fault. */
export function readCose(bytes: Uint8Array): NotationEnvelope {
  const parts = readSign1(bytes);
  const { protectedHeaders, unprotectedHeaders } = parts;
  requireDisjoint(protectedHeaders, unprotectedHeaders);
  requireContentType(protectedHeaders.get(LABEL.contentType));
  return {
    algorithm: coseAlgorithmName(protectedHeaders.get(LABEL.algorithm)),
    attributes: readSignedAttributes({
      get: (name) => protectedHeaders.get(labelOf(name)),
      critical: readCritical(protectedHeaders.get(LABEL.critical)),
      understood: [LABEL.algorithm, LABEL.critical, LABEL.contentType].map(String),
      toTime: (value) => (value instanceof Date ? value : undefined),
    }),
    payload: parts.payload,
    signature: parts.signature,
    chain: readChain(readX5Chain(unprotectedHeaders.get(LABEL.chain))),
    timestamp: readTimestamp(unprotectedHeaders.get(TIMESTAMP_HEADER)),
    verifySignature: async (leaf, algorithm) => verifyCose(parts, leaf, algorithm),
  };
}

/** Definite lengths, distinct keys, no depth to speak of: the scan bounds what the decoder is let loose on. */
function decodeCbor(bytes: Uint8Array, what: string): unknown {
  const scanned = parseCbor(bytes);
  if ('reason' in scanned) throw new NotationFault(`${what} is no CBOR: ${scanned.reason}`);
  try {
    return decode(bytes, {
      strict: true,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      tags: { 1: (read) => toDate(read()), 18: (read) => new Sign1Tag(read()) },
    });
  } catch (thrown) {
    throw faultOf(thrown, `${what} is no CBOR`);
  }
}

/** Epoch-based time, RFC 8949 §3.4.2. */
function toDate(seconds: unknown): Date {
  if (typeof seconds !== 'number' || Math.abs(seconds) > MAX_SECONDS) throw new NotationFault('a time is none');
  return new Date(seconds * 1000);
}

function readSign1(bytes: Uint8Array): Sign1 {
  const root = decodeCbor(bytes, 'the envelope');
  const parts: unknown[] = root instanceof Sign1Tag && Array.isArray(root.value) ? root.value : [];
  const [protectedBytes, unprotectedHeaders, payload, signature] = parts;
  const isSign1 =
    parts.length === 4 &&
    protectedBytes instanceof Uint8Array &&
    unprotectedHeaders instanceof Map &&
    payload instanceof Uint8Array &&
    signature instanceof Uint8Array;
  if (!isSign1) throw new NotationFault('it is not a tagged COSE_Sign1 with its payload inside');
  const protectedHeaders = decodeCbor(protectedBytes, 'the protected header');
  if (!(protectedHeaders instanceof Map)) throw new NotationFault('the protected header is no map');
  return { protectedBytes, protectedHeaders, unprotectedHeaders, payload, signature };
}

/** RFC 9052 §3: a label must not be in both, for readers would differ in which of the two they take. */
function requireDisjoint(protectedHeaders: Headers, unprotectedHeaders: Headers): void {
  const both = [...protectedHeaders.keys()].find((label) => unprotectedHeaders.has(label));
  if (both !== undefined) throw new NotationFault(`the header ${JSON.stringify(both)} is both signed and unsigned`);
}

function requireContentType(said: unknown): void {
  if (said === NOTATION_PAYLOAD_TYPE) return;
  const shown = typeof said === 'string' ? JSON.stringify(said).slice(0, 200) : 'missing';
  throw new NotationFault(`its content type is ${shown}, not ${NOTATION_PAYLOAD_TYPE}`);
}

/** Integer labels of `crit` are told as text, which no text label may look like. */
function readCritical(value: unknown): string[] {
  if (!Array.isArray(value)) throw new NotationFault('crit is no list');
  return value.map((label: unknown) => {
    if (Number.isSafeInteger(label)) return String(label);
    if (typeof label === 'string' && !isIntegerText(label)) return label;
    throw new NotationFault('crit has an entry that is no label');
  });
}

function labelOf(name: string): string | number {
  return isIntegerText(name) ? Number(name) : name;
}

function isIntegerText(text: string): boolean {
  return /^-?\d+$/.test(text);
}

/** One certificate is a byte string, several are an array of them (RFC 9360 §2). */
function readX5Chain(value: unknown): Uint8Array[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((der) => {
    if (!(der instanceof Uint8Array)) throw new NotationFault('its x5chain is no list of certificates');
    return der;
  });
}

function readTimestamp(value: unknown): Uint8Array | undefined {
  if (value === undefined || value instanceof Uint8Array) return value;
  throw new NotationFault(`the header "${TIMESTAMP_HEADER}" is no byte string`);
}

/** Sig_structure of RFC 9052 §4.4, without external data. */
function verifyCose(parts: Sign1, leaf: X509Certificate, { hash, options }: SigningAlgorithm): boolean {
  const toBeSigned = encode(['Signature1', parts.protectedBytes, new Uint8Array(), parts.payload]);
  return verify(hash, toBeSigned, { key: leaf.publicKey, ...options }, parts.signature);
}
