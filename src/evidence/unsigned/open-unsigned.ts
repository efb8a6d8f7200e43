import { hasCode } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonValue, parseStrictJson } from '../../oci/strict-json.ts';
import { decodeForScan } from '../decode-text.ts';
import { detectBytes } from '../detect.ts';
import { detectBroken, detectJsonValue } from '../detect-json.ts';
import type { Detection, EvidenceKind } from '../detection.ts';
import { parseStatement } from '../parse-statement.ts';
import type { EvidenceDocument, UnsignedEvidence } from '../signed-evidence.ts';
import type { Statement } from '../statement.ts';
import { checkPredicate } from './check-predicate.ts';
import { checkShape } from './check-shape.ts';
import { checkCyclonedxXml, checkSpdxTagValue } from './check-text-shape.ts';
import { type DeclaredType, readDeclaredType } from './declared-type.ts';

/** Kinds that are signed, or the payload of a signature: they are never counted as plain documents. */
const SIGNED_KINDS: readonly Detection['kind'][] = [
  'sigstore-bundle',
  'dsse',
  'notation-jws',
  'notation-cose',
  'simplesigning',
];

interface Content {
  readonly detection: Detection;
  /** Of JSON that is strict. */
  readonly json?: JsonValue | undefined;
}

/**
 * A document without a signature -> what it is, and whether it is fit to be counted as present: of the type that its
 * artifact (else its layer) is declared to have, whole, and describing something. docs/detection.md has the rules. What
 * is of no known kind, and not declared to be, is present as soon as it is not empty.
 */
export function openUnsigned(document: EvidenceDocument, artifactType: string): UnsignedEvidence {
  const content = detectContent(document.bytes);
  const { detection } = content;
  const declared = readDeclaredType([artifactType, document.mediaType]);
  const contentType = detection.kind === 'unknown' ? undefined : detection.artifactType;
  const opened = { signed: false, kind: detection.kind, contentType } as const;
  const mismatch = describeMismatch(detection, declared, document.bytes);
  if (mismatch !== undefined) return { ...opened, malformed: mismatch };
  if (detection.kind === 'in-toto') return { ...opened, ...openStatement(document) };
  return { ...opened, malformed: describeShape(detection.kind, content, document.bytes) };
}

/** JSON is parsed once, for its kind and for its shape. */
function detectContent(bytes: Uint8Array): Content {
  const text = decodeForScan(bytes.subarray(0, 64)).trimStart();
  if (!text.startsWith('{') && !text.startsWith('[')) return { detection: detectBytes(bytes) };
  try {
    const json = parseStrictJson(bytes, { what: 'the text' });
    return { detection: detectJsonValue(json), json };
  } catch (error) {
    if (!hasCode(error, 'json-invalid')) throw error;
    return { detection: detectBroken(bytes, error) };
  }
}

function describeMismatch(
  detection: Detection,
  declared: DeclaredType | undefined,
  bytes: Uint8Array,
): string | undefined {
  if (isBlank(bytes)) return 'it is empty';
  if (SIGNED_KINDS.includes(detection.kind))
    return `it is signed evidence (${detection.kind}) that was not read as such`;
  if (declared === undefined) return undefined;
  if (detection.kind === 'unknown') return `it is declared as ${declared.type}, but ${detection.reason}`;
  if (declared.kinds.includes(detection.kind)) return undefined;
  return `it is declared as ${declared.type}, but its content is ${detection.artifactType}`;
}

function openStatement({ bytes, what }: EvidenceDocument): { statement?: Statement; malformed?: string | undefined } {
  try {
    const statement = parseStatement(bytes, what);
    return { statement, malformed: checkPredicate(statement) };
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return { malformed: error.message };
    throw error;
  }
}

function describeShape(kind: EvidenceKind | 'unknown', { json }: Content, bytes: Uint8Array): string | undefined {
  if (kind === 'spdx-tag-value') return checkSpdxTagValue(bytes);
  if (kind === 'cyclonedx-xml') return checkCyclonedxXml(bytes);
  return kind !== 'unknown' && isJsonObject(json) ? checkShape(kind, json) : undefined;
}

/** Nothing but white space. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
