import { decodeForScan } from './decode-text.ts';
import { describeContent } from './describe-content.ts';
import { claimOfBroken, detectJson, JSON_FORMATS } from './detect-json.ts';
import { type Detection, type Recognition, settleRecognition, unknownEvidence } from './detection.ts';
import { CYCLONEDX_XML_TITLE, describeXml, recogniseCyclonedxXml } from './formats/cyclonedx-xml.ts';
import { NOTATION_PAYLOAD_TYPE } from './formats/notation.ts';
import { COSE_SIGN1_BYTE, NOTATION_COSE_TITLE, recogniseNotationCose } from './formats/notation-cose.ts';
import { recogniseSpdxTagValue, SPDX_TAG_VALUE_TITLE } from './formats/spdx-tag-value.ts';

/** Documents over this many bytes are not parsed to find their type. */
export const MAX_DETECT_BYTES = 64 * 1024 * 1024;
/** How much of a document `head` should hold: comments may stand before what tells. */
export const DETECT_HEAD_BYTES = 64 * 1024;

/** A document, of which most need only the first bytes to be told from another. */
export interface EvidenceSource {
  /** The first bytes: DETECT_HEAD_BYTES of them, or all if there are fewer. */
  readonly head: Uint8Array;
  /** Bytes of the whole. */
  readonly size: number;
  /** All bytes. Called only where `size` is at most MAX_DETECT_BYTES. */
  readAll(): Promise<Uint8Array>;
}

type Shape = 'json' | 'xml' | 'cose' | 'other';

/**
 * What a document is, from its content alone; docs/detection.md has the formats and their order. What is broken in a
 * document is no error but `unknown` with a reason; what is thrown comes from the source.
 */
export async function detectEvidence(source: EvidenceSource): Promise<Detection> {
  const { head, size } = source;
  const shape = shapeOf(head);
  if (shape === 'other') return detectOther(head);
  if (size <= MAX_DETECT_BYTES) return detectBytes(head.byteLength === size ? head : await source.readAll());
  // the root element is in the head, all else would have to be parsed whole
  if (shape === 'xml') return detectXml(head, false);
  const limit = MAX_DETECT_BYTES / 1024 / 1024;
  const reason = `it has ${size} bytes, and content is looked at up to ${limit} MiB`;
  return unknownEvidence(reason, shape === 'json' ? claimOfBroken(head, reason) : { kind: 'none' });
}

/** The same for a document that is in memory whole. */
export function detectBytes(bytes: Uint8Array): Detection {
  switch (shapeOf(bytes)) {
    case 'json':
      return detectJson(bytes);
    case 'xml':
      return detectXml(bytes, true);
    case 'cose':
      return detectCose(bytes);
    case 'other':
      return detectOther(bytes);
  }
}

function shapeOf(bytes: Uint8Array): Shape {
  if (bytes[0] === COSE_SIGN1_BYTE) return 'cose';
  const text = decodeForScan(bytes.subarray(0, DETECT_HEAD_BYTES)).trimStart();
  if (text.startsWith('{') || text.startsWith('[')) return 'json';
  return text.startsWith('<') ? 'xml' : 'other';
}

function detectCose(bytes: Uint8Array): Detection {
  // a COSE_Sign1 of somebody else names no subject that we know of
  const isNotation = Buffer.from(bytes).includes(NOTATION_PAYLOAD_TYPE);
  const otherwise = (): string => 'it is no COSE signature';
  return settleRecognition(recogniseNotationCose(bytes), NOTATION_COSE_TITLE, otherwise, isNotation);
}

function detectXml(bytes: Uint8Array, whole: boolean): Detection {
  const recognition: Recognition = recogniseCyclonedxXml(bytes, whole);
  return settleRecognition(recognition, CYCLONEDX_XML_TITLE, () => describeXml(bytes));
}

function detectOther(bytes: Uint8Array): Detection {
  const head = bytes.subarray(0, DETECT_HEAD_BYTES);
  return settleRecognition(recogniseSpdxTagValue(head), SPDX_TAG_VALUE_TITLE, () => describeContent(head));
}

/** The formats that are looked for, as messages name them, in their order. */
export function detectableFormats(): readonly string[] {
  return [
    ...JSON_FORMATS.map((format) => format.title),
    NOTATION_COSE_TITLE,
    CYCLONEDX_XML_TITLE,
    SPDX_TAG_VALUE_TITLE,
  ];
}
