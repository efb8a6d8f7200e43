import { hasCode } from '../../errors/coded-error.ts';
import { DSSE_ENVELOPE } from '../../oci/media-types.ts';
import { type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { decodeBase64 } from '../base64.ts';
import { buildEvidence, nearMiss, type SubjectClaim } from '../detection.ts';
import { ANNOTATION_PREDICATE_TYPE, readStatement, type StatementReading } from './in-toto.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

// in-toto attestation spec v1 "Envelope": the generic type, and one per predicate
const IN_TOTO_PAYLOAD = /^application\/vnd\.in-toto(?:\.[A-Za-z0-9._-]+)?\+json$/;

/** What an envelope says: whose statement it is, if it holds one. */
export interface EnvelopeReading {
  readonly predicateType?: string;
  readonly claim: SubjectClaim;
}

/** A DSSE envelope of its own (secure-systems-lab/dsse envelope.md v1.0). */
export const dsse: JsonFormat = {
  title: 'DSSE envelope',
  clue: '"payloadType"',
  claimClues: ['"payloadType"', '"payload"'],
  recognise(json) {
    if (json['payloadType'] === undefined || json['payload'] === undefined) return undefined;
    const reading = readEnvelope(json);
    if ('reason' in reading) return nearMiss(reading.reason);
    const { predicateType, claim } = reading;
    const annotations = predicateType === undefined ? {} : { [ANNOTATION_PREDICATE_TYPE]: predicateType };
    return buildEvidence({
      kind: 'dsse',
      artifactType: DSSE_ENVELOPE,
      annotations,
      layerAnnotations: annotations,
      ...(predicateType !== undefined && { predicateType }),
      claim,
    });
  },
};

/** JSON -> what the envelope holds; `reason` when it is no envelope at all. */
export function readEnvelope(json: JsonObject): EnvelopeReading | { readonly reason: string } {
  const payloadType = stringOf(json['payloadType']);
  const payload = stringOf(json['payload']);
  if (payloadType === undefined || payload === undefined) return { reason: 'payloadType and payload are not strings' };
  const signatures: JsonValue | undefined = json['signatures'];
  if (!Array.isArray(signatures) || signatures.length === 0)
    return { reason: 'signatures is not an array with entries' };
  // a payload of another kind names no subject that could be compared
  if (!IN_TOTO_PAYLOAD.test(payloadType)) return { claim: { kind: 'none' } };
  const statement = readPayload(payload);
  if ('reason' in statement) return { claim: { kind: 'unreadable', reason: statement.reason } };
  return { predicateType: statement.predicateType, claim: { kind: 'subjects', subjects: statement.subjects } };
}

function readPayload(payload: string): StatementReading {
  const bytes = decodeBase64(payload);
  if (bytes === undefined) return { reason: 'the payload is not base64' };
  try {
    return readStatement(parseStrictJsonObject(bytes, { what: 'the payload' }));
  } catch (error) {
    if (hasCode(error, 'json-invalid')) return { reason: error.message };
    throw error;
  }
}
