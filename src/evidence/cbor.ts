/** A CBOR value with a tag, RFC 8949 §3.4. */
export class Tagged {
  readonly tag: number;
  readonly value: CborValue;

  constructor(tag: number, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

/** What parseCbor gives. Simple values and floats, of which signature envelopes say nothing that is read, are null. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | CborValue[]
  | Map<CborValue, CborValue>
  | Tagged;
export type CborReading = { readonly value: CborValue } | { readonly reason: string };

const MAX_DEPTH = 16;
const decoder = new TextDecoder('utf-8', { fatal: true });

class CborSyntax extends Error {}

interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

/**
 * The part of CBOR (RFC 8949) that a COSE signature is made of: whole numbers up to 2^53, strings, arrays, maps with
 * distinct number or text keys, tags, all of definite length, nothing after the value. Enough to find the certificates
 * of an envelope; verification has a parser of its own.
 */
export function parseCbor(bytes: Uint8Array): CborReading {
  const cursor: Cursor = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  try {
    const value = readValue(cursor, 0);
    if (cursor.at !== bytes.byteLength) return { reason: `${bytes.byteLength - cursor.at} bytes follow the value` };
    return { value };
  } catch (error) {
    if (error instanceof CborSyntax) return { reason: error.message };
    throw error;
  }
}

function readValue(cursor: Cursor, depth: number): CborValue {
  if (depth > MAX_DEPTH) throw new CborSyntax(`nested deeper than ${MAX_DEPTH} levels`);
  const initial = take(cursor, 1)[0] ?? 0;
  const major = initial >> 5;
  const info = initial & 0x1f;
  if (major === 7) return readSimple(cursor, info);
  const argument = readArgument(cursor, info);
  switch (major) {
    case 0:
      return argument;
    case 1:
      return -1 - argument;
    case 2:
      return take(cursor, argument);
    case 3:
      return readText(cursor, argument);
    case 4:
      return readArray(cursor, argument, depth);
    case 5:
      return readMap(cursor, argument, depth);
    default:
      return new Tagged(argument, readValue(cursor, depth + 1));
  }
}

function readArgument(cursor: Cursor, info: number): number {
  if (info < 24) return info;
  const start = cursor.at;
  switch (info) {
    case 24:
      take(cursor, 1);
      return cursor.view.getUint8(start);
    case 25:
      take(cursor, 2);
      return cursor.view.getUint16(start);
    case 26:
      take(cursor, 4);
      return cursor.view.getUint32(start);
    case 27: {
      take(cursor, 8);
      const wide = cursor.view.getBigUint64(start);
      if (wide > BigInt(Number.MAX_SAFE_INTEGER)) throw new CborSyntax(`the number at ${start} is over 2^53`);
      return Number(wide);
    }
    default:
      throw new CborSyntax(`a length at ${start} is indefinite or reserved`);
  }
}

function readSimple(cursor: Cursor, info: number): CborValue {
  if (info === 20 || info === 21) return info === 21;
  if (info >= 28) throw new CborSyntax(`a simple value at ${cursor.at} is reserved`);
  const width = [1, 2, 4, 8][info - 24] ?? 0;
  take(cursor, width);
  return null;
}

function readText(cursor: Cursor, length: number): string {
  const start = cursor.at;
  const bytes = take(cursor, length);
  try {
    return decoder.decode(bytes);
  } catch {
    throw new CborSyntax(`the text at ${start} is not valid UTF-8`);
  }
}

function readArray(cursor: Cursor, count: number, depth: number): CborValue[] {
  requireRoom(cursor, count);
  return Array.from({ length: count }, () => readValue(cursor, depth + 1));
}

function readMap(cursor: Cursor, count: number, depth: number): Map<CborValue, CborValue> {
  requireRoom(cursor, count * 2);
  const map = new Map<CborValue, CborValue>();
  for (let i = 0; i < count; i++) {
    const key = readValue(cursor, depth + 1);
    if (typeof key !== 'number' && typeof key !== 'string') throw new CborSyntax('a map key is no number and no text');
    if (map.has(key)) throw new CborSyntax(`the map key ${JSON.stringify(key)} stands twice`);
    map.set(key, readValue(cursor, depth + 1));
  }
  return map;
}

/** Each item is a byte at least: a count that promises more than there is must not allocate. */
function requireRoom(cursor: Cursor, items: number): void {
  if (items > cursor.bytes.byteLength - cursor.at) throw new CborSyntax('it is cut off');
}

function take(cursor: Cursor, length: number): Uint8Array {
  requireRoom(cursor, length);
  const slice = cursor.bytes.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return slice;
}
