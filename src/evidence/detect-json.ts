import { type CodedError, hasCode } from '../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJson } from '../oci/strict-json.ts';
import { decodeForScan } from './decode-text.ts';
import { type Detection, type SubjectClaim, settleRecognition, unknownEvidence } from './detection.ts';
import { csaf } from './formats/csaf.ts';
import { cyclonedxJson } from './formats/cyclonedx-json.ts';
import { dsse } from './formats/dsse.ts';
import { inToto } from './formats/in-toto.ts';
import type { JsonFormat } from './formats/json-format.ts';
import { notationJws } from './formats/notation-jws.ts';
import { openvex } from './formats/openvex.ts';
import { sarif } from './formats/sarif.ts';
import { sigstoreBundle } from './formats/sigstore-bundle.ts';
import { simplesigning } from './formats/simplesigning.ts';
import { spdxJson } from './formats/spdx-json.ts';
import { spdx3Json } from './formats/spdx3-json.ts';

/** Tried in this order: what wraps a document comes before what may be inside. */
export const JSON_FORMATS: readonly JsonFormat[] = [
  sigstoreBundle,
  dsse,
  inToto,
  notationJws,
  simplesigning,
  cyclonedxJson,
  spdxJson,
  spdx3Json,
  sarif,
  openvex,
  csaf,
];

const CLUE_CHARS = 4096;
/** Of JSON Lines. One with more is looked at for the marks of statements alone. */
const MAX_LINES = 100_000;
const MAX_KEYS_SHOWN = 6;

/** Bytes that begin like JSON -> what they are. They must be strict JSON before anything in them is believed. */
export function detectJson(bytes: Uint8Array): Detection {
  try {
    return detectJsonValue(parseStrictJson(bytes, { what: 'the text' }));
  } catch (error) {
    if (!hasCode(error, 'json-invalid')) throw error;
    return detectBroken(bytes, error);
  }
}

/** The same for what strict parsing ended with an error. */
export function detectBroken(bytes: Uint8Array, error: CodedError): Detection {
  const reason = describeBrokenJson(bytes, error);
  return unknownEvidence(reason, claimOfLines(bytes) ?? claimOfBroken(bytes, error.message));
}

/** The same for what is parsed already. */
export function detectJsonValue(value: JsonValue): Detection {
  if (isJsonObject(value)) return detectObject(value);
  const what = Array.isArray(value) ? 'a JSON array' : `a JSON ${typeof value}`;
  return unknownEvidence(`it is ${what}, and no known format is one`, claimOfElements(value));
}

function detectObject(json: JsonObject): Detection {
  let firstNearMiss: Detection | undefined;
  let missedClaim: SubjectClaim = { kind: 'none' };
  for (const format of JSON_FORMATS) {
    const recognition = format.recognise(json);
    if (recognition === undefined) continue;
    const settled = settleRecognition(recognition, format.title, () => '', format.claimClues !== undefined);
    // a document that is nearly a statement is no less one for being something else besides
    if (settled.kind !== 'unknown') return settled.claim.kind === 'none' ? { ...settled, claim: missedClaim } : settled;
    firstNearMiss ??= settled;
    if (missedClaim.kind === 'none') missedClaim = settled.claim;
  }
  if (firstNearMiss !== undefined) return { ...firstNearMiss, claim: missedClaim };
  return unknownEvidence(`it is JSON of no known format, with ${describeKeys(json)}`);
}

/** No format is an array, but a reader may take the statement out of one. */
function claimOfElements(value: JsonValue): SubjectClaim {
  // one at a time: millions of elements must not become millions of detections
  const names = (element: JsonValue): boolean => detectJsonValue(element).claim.kind !== 'none';
  if (!Array.isArray(value) || !value.some(names)) return { kind: 'none' };
  return { kind: 'unreadable', reason: 'it is a JSON array with documents that name subjects' };
}

function describeKeys(json: JsonObject): string {
  const keys = Object.keys(json);
  if (keys.length === 0) return 'no keys';
  const shown = keys.slice(0, MAX_KEYS_SHOWN).map((key) => JSON.stringify(key.slice(0, 40)));
  return `the keys ${shown.join(', ')}${keys.length > MAX_KEYS_SHOWN ? ', ...' : ''}`;
}

/** JSON Lines: what each line says it is about. undefined: they are none, or too many to look into each. */
function claimOfLines(bytes: Uint8Array): SubjectClaim | undefined {
  const said: SubjectClaim[] = [];
  let documents = 0;
  for (const line of filledLines(Buffer.from(bytes).toString('utf8'))) {
    documents += 1;
    if (documents > MAX_LINES) return undefined;
    try {
      const { claim } = detectJsonValue(parseStrictJson(line, { what: 'a line' }));
      if (claim.kind !== 'none') said.push(claim);
    } catch (error) {
      if (hasCode(error, 'json-invalid')) return undefined;
      throw error;
    }
  }
  if (documents < 2) return undefined;
  return said.length === 0 ? { kind: 'none' } : { kind: 'every', claims: said };
}

function* filledLines(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    const line = text.slice(from, end).trim();
    if (line !== '') yield line;
    from = end + 1;
  }
}

/** The claim of what is no strict JSON: unreadable where it bears the marks of a format that names subjects. */
export function claimOfBroken(bytes: Uint8Array, why: string): SubjectClaim {
  const text = unescapeJson(decodeForScan(bytes));
  const format = JSON_FORMATS.find(({ claimClues }) => claimClues?.every((clue) => text.includes(clue)));
  if (format === undefined) return { kind: 'none' };
  return { kind: 'unreadable', reason: `it looks like ${format.title}, but ${why}` };
}

/** The text as who reads it sees it: a clue may be spelt with escapes. */
function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text;
  return text
    .replaceAll('\\/', '/')
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function describeBrokenJson(bytes: Uint8Array, error: CodedError): string {
  const text = decodeForScan(bytes).trim();
  const clue = JSON_FORMATS.find((format) => text.slice(0, CLUE_CHARS).includes(format.clue));
  const subject = clue === undefined ? 'it begins like JSON' : `it looks like ${clue.title}`;
  return `${subject}, but ${describeFault(bytes, text, error)}`;
}

function describeFault(bytes: Uint8Array, text: string, error: CodedError): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return 'it is written in UTF-16, and JSON is UTF-8 (RFC 8259 §8.1): save it again as UTF-8';
  }
  if (isJsonLines(text)) return 'it holds several JSON documents, one a line: attach each as a file of its own';
  if (!text.endsWith('}') && !text.endsWith(']')) return `it seems to be cut off: ${error.message}`;
  return error.message;
}

/** Two lines that are JSON objects each: what `gh attestation download` writes for several attestations. */
function isJsonLines(text: string): boolean {
  const lines = text.split('\n', 2).map((line) => line.trim());
  return lines.length === 2 && lines.every((line) => line.startsWith('{') && line.endsWith('}'));
}
