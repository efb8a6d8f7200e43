import type { JsonValue } from '../../oci/strict-json.ts';
import { buildEvidence, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

const CONTEXT = 'https://spdx.org/rdf/3.';

/**
 * SPDX 3 in JSON-LD (SPDX 3.0.1 "Model and serializations"). Its media type is one of its own, registered in 2026:
 * "not compatible with SPDX JSON", says the registration of `application/spdx3+json`.
 */
export const spdx3Json: JsonFormat = {
  title: 'SPDX 3 JSON',
  clue: CONTEXT,
  recognise(json) {
    if (!contexts(json['@context']).some((context) => context.startsWith(CONTEXT))) return undefined;
    const isDocument = Array.isArray(json['@graph']) || stringOf(json['type']) !== undefined;
    if (!isDocument) return nearMiss('it has neither a @graph array nor a type');
    return buildEvidence({ kind: 'spdx3-json', artifactType: 'application/spdx3+json' });
  },
};

function contexts(value: JsonValue | undefined): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((context) => typeof context === 'string');
}
