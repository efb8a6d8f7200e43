import { IN_TOTO } from '../../oci/media-types.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../oci/strict-json.ts';
import { buildEvidence, type ClaimedSubject, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

/** BuildKit's key for a layer that holds a statement (moby/buildkit docs/attestations/attestation-storage.md). */
export const ANNOTATION_PREDICATE_TYPE = 'in-toto.io/predicate-type';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/';

/** An in-toto statement, as far as it matters where it may be attached. */
export interface Statement {
  readonly predicateType: string;
  readonly subjects: readonly ClaimedSubject[];
}
export type StatementReading = Statement | { readonly reason: string };

/** An unsigned in-toto statement, v1 or v0.1 (attestation spec v1 "Statement"). */
export const inToto: JsonFormat = {
  title: 'in-toto statement',
  clue: STATEMENT_TYPE,
  claimClues: [STATEMENT_TYPE],
  recognise(json) {
    if (!isStatement(json)) return undefined;
    const reading = readStatement(json);
    if ('reason' in reading) return nearMiss(reading.reason);
    const annotations = { [ANNOTATION_PREDICATE_TYPE]: reading.predicateType };
    return buildEvidence({
      kind: 'in-toto',
      artifactType: IN_TOTO,
      annotations,
      layerAnnotations: annotations,
      predicateType: reading.predicateType,
      claim: { kind: 'subjects', subjects: reading.subjects },
    });
  },
};

export function isStatement(json: JsonObject): boolean {
  return stringOf(json['_type'])?.startsWith(STATEMENT_TYPE) === true;
}

export function readStatement(json: JsonObject): StatementReading {
  if (!isStatement(json))
    return { reason: `its _type is ${JSON.stringify(json['_type'] ?? null)}, no in-toto statement` };
  const predicateType = stringOf(json['predicateType']);
  if (predicateType === undefined || predicateType === '') return { reason: 'predicateType is missing' };
  const list = json['subject'];
  if (!Array.isArray(list)) return { reason: 'subject is not an array' };
  const subjects = list.map(readSubject);
  const bad = subjects.indexOf(undefined);
  if (bad >= 0) return { reason: `subject[${bad}] is not an object with a digest map of strings` };
  return { predicateType, subjects: subjects.filter((subject) => subject !== undefined) };
}

function readSubject(value: JsonValue): ClaimedSubject | undefined {
  if (!isJsonObject(value) || !isJsonObject(value['digest'])) return undefined;
  const entries: [string, string][] = [];
  for (const [algorithm, hex] of Object.entries(value['digest'])) {
    if (typeof hex !== 'string') return undefined;
    entries.push([algorithm, hex]);
  }
  return { name: stringOf(value['name']), digest: Object.fromEntries(entries) };
}
