import { CodedError } from '../errors/coded-error.ts';

/** A JSON value as it comes out of parseStrictJson. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Where a value stands in the text: [start, end) in UTF-16 units. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

export interface StrictJsonOptions {
  /** What is parsed, for messages. */
  readonly what: string;
  /** Levels of arrays and objects, default 64. */
  readonly maxDepth?: number;
}

const DEFAULT_MAX_DEPTH = 64;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes -> text. Throws `json-invalid` for invalid UTF-8 or a byte order mark (RFC 8259 §8.1). */
export function decodeStrictUtf8(bytes: Uint8Array, what: string): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new CodedError('json-invalid', `${what} is not valid UTF-8`, { cause });
  }
  if (text.charCodeAt(0) === 0xfeff) throw new CodedError('json-invalid', `${what} begins with a byte order mark`);
  return text;
}

/**
 * JSON as OCI asks for it (I-JSON, RFC 7493; image-spec considerations.md): strict UTF-8, nothing after the value,
 * no duplicate keys, bounded depth. `__proto__` becomes an ordinary own property, as JSON.parse makes it.
 * Throws `json-invalid`. The size is the reader's to bound, before the bytes are in memory.
 */
export function parseStrictJson(input: Uint8Array | string, options: StrictJsonOptions): JsonValue {
  const text = typeof input === 'string' ? input : decodeStrictUtf8(input, options.what);
  scanJson(text, options);
  return parseJson(text, options.what);
}

function parseJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const start = text.trimStart().slice(0, 15);
    const hint = start.startsWith('<') ? 'This looks like HTML: a login page or a proxy may have answered.' : undefined;
    throw new CodedError('json-invalid', `${what} is not valid JSON: ${(cause as Error).message}`, { cause, hint });
  }
}

/** The same as parseStrictJson, and the value must be an object. */
export function parseStrictJsonObject(input: Uint8Array | string, options: StrictJsonOptions): JsonObject {
  const value = parseStrictJson(input, options);
  if (!isJsonObject(value)) {
    throw new CodedError('json-invalid', `${options.what}: expected a JSON object, got ${describeJson(value)}`);
  }
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeJson(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/** What scanJson reports: `path` is the chain of keys and positions from the root to the value that ended. */
export type JsonVisitor = (path: readonly (string | number)[], span: JsonSpan) => void;

interface Frame {
  readonly start: number;
  readonly keys: Set<string> | undefined; // undefined in an array
  position: number;
}

/**
 * One pass over the text that finds what JSON.parse forgives: duplicate keys and any depth. It knows strings and
 * brackets only; JSON.parse remains the judge of the grammar. With `visit`, reports the span of each value to depth 3,
 * which is how an index is edited without touching the bytes of its other entries.
 */
export function scanJson(text: string, options: StrictJsonOptions, visit?: JsonVisitor): void {
  const maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
  const frames: Frame[] = [];
  const path: (string | number)[] = [];
  let pendingKey = false; // the next string in an object is a key
  let scalarStart = -1;

  const endScalar = (at: number): void => {
    if (scalarStart < 0) return;
    if (visit !== undefined && path.length <= 3) visit(path, { start: scalarStart, end: at });
    scalarStart = -1;
  };

  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    switch (c) {
      case 0x22: {
        const end = stringEnd(text, i);
        if (end < 0) return; // unterminated: JSON.parse says so, with the position
        const frame = frames.at(-1);
        if (pendingKey && frame?.keys !== undefined) {
          const key = keyText(text, i, end, options.what);
          if (frame.keys.has(key)) {
            throw new CodedError(
              'json-invalid',
              `${options.what}: duplicate key ${JSON.stringify(key)} at offset ${i}`,
            );
          }
          frame.keys.add(key);
          path[frames.length - 1] = key;
          pendingKey = false;
        } else if (visit !== undefined && path.length <= 3) {
          visit(path, { start: i, end });
        }
        i = end - 1;
        break;
      }
      case 0x7b:
      case 0x5b: {
        if (frames.length >= maxDepth) {
          throw new CodedError('json-invalid', `${options.what} is nested deeper than ${maxDepth} levels`);
        }
        frames.push({ start: i, keys: c === 0x7b ? new Set() : undefined, position: 0 });
        path.push(0);
        pendingKey = c === 0x7b;
        break;
      }
      case 0x7d:
      case 0x5d: {
        endScalar(i);
        const frame = frames.pop();
        if (frame === undefined) return;
        path.pop();
        pendingKey = false;
        if (visit !== undefined && path.length <= 3) visit(path, { start: frame.start, end: i + 1 });
        break;
      }
      case 0x2c: {
        endScalar(i);
        const frame = frames.at(-1);
        if (frame === undefined) return;
        if (frame.keys === undefined) path[frames.length - 1] = ++frame.position;
        else pendingKey = true;
        break;
      }
      case 0x20:
      case 0x09:
      case 0x0a:
      case 0x0d:
        endScalar(i);
        break;
      case 0x3a:
        break;
      default:
        if (scalarStart < 0) scalarStart = i;
    }
  }
  endScalar(text.length);
}

/** Index just past the closing quote, or -1. */
function stringEnd(text: string, open: number): number {
  let from = open + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

function keyText(text: string, start: number, end: number, what: string): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes('\\')) return raw;
  const key = parseJson(text.slice(start, end), what);
  return typeof key === 'string' ? key : raw;
}
