import { CodedError } from '../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../oci/strict-json.ts';
import type { ClaimedSubject } from './detection.ts';
import { STATEMENT_TYPES, type Statement } from './statement.ts';

/** Releases of a hundred files name a hundred subjects; each is compared with the digest that is asked for. */
export const MAX_SUBJECTS = 10_000;
const MAX_DIGESTS_PER_SUBJECT = 32;
const MAX_TYPE_CHARS = 2048;

/**
 * Bytes -> in-toto Statement (attestation framework spec v1 "Statement", and v0.1), strictly: exact `_type`, a
 * predicateType, at least one subject, each with a digest. Nothing is taken over from a document that breaks a rule:
 * who reads less strictly could see another statement in it. `what` names the document in messages.
 * Throws `json-invalid`. The size is the reader's to bound.
 */
export function parseStatement(bytes: Uint8Array, what: string): Statement {
  const json = parseStrictJsonObject(bytes, { what });
  return {
    type: readType(json, what),
    predicateType: readPredicateType(json, what),
    subjects: readSubjects(json, what),
    predicate: json['predicate'] ?? null, // optional in v1
  };
}

function readType(json: JsonObject, what: string): Statement['type'] {
  const type = STATEMENT_TYPES.find((known) => known === json['_type']);
  if (type === undefined) {
    throw invalid(what, `its _type is ${show(json['_type'])}, not ${STATEMENT_TYPES.join(' or ')}`);
  }
  return type;
}

function readPredicateType(json: JsonObject, what: string): string {
  const type = json['predicateType'];
  if (typeof type !== 'string' || type === '') throw invalid(what, `its predicateType is ${show(type)}`);
  if (type.length > MAX_TYPE_CHARS)
    throw invalid(what, `its predicateType is longer than ${MAX_TYPE_CHARS} characters`);
  return type;
}

function readSubjects(json: JsonObject, what: string): readonly ClaimedSubject[] {
  const list = json['subject'];
  if (!Array.isArray(list) || list.length === 0) throw invalid(what, 'its subject is not an array with entries');
  if (list.length > MAX_SUBJECTS) throw invalid(what, `it has ${list.length} subjects, more than ${MAX_SUBJECTS}`);
  return list.map((value, at) => readSubject(value, `subject[${at}]`, what));
}

function readSubject(value: JsonValue, at: string, what: string): ClaimedSubject {
  if (!isJsonObject(value) || !isJsonObject(value['digest'])) throw invalid(what, `its ${at} has no digest object`);
  const name = value['name'];
  if (name !== undefined && name !== null && typeof name !== 'string') {
    throw invalid(what, `the name of its ${at} is no string`);
  }
  return { name: name ?? undefined, digest: readDigests(value['digest'], at, what) };
}

/** Not only hex: `goModuleH1` and others of in-toto's digest set have encodings of their own. */
function readDigests(digests: JsonObject, at: string, what: string): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (const [algorithm, encoded] of Object.entries(digests)) {
    if (typeof encoded !== 'string' || encoded === '') throw invalid(what, `a digest of its ${at} is no text`);
    entries.push([algorithm, encoded]);
  }
  if (entries.length === 0) throw invalid(what, `its ${at} has no digest`);
  if (entries.length > MAX_DIGESTS_PER_SUBJECT) {
    throw invalid(what, `its ${at} has ${entries.length} digests, more than ${MAX_DIGESTS_PER_SUBJECT}`);
  }
  return Object.fromEntries(entries);
}

function show(value: JsonValue | undefined): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? '').slice(0, 200);
}

function invalid(what: string, why: string): CodedError {
  return new CodedError('json-invalid', `${what} is no in-toto statement: ${why}`);
}
