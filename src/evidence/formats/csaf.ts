import { isJsonObject } from '../../oci/strict-json.ts';
import { buildEvidence, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

/**
 * CSAF (OASIS CSAF 2.0 §3.2.1: a document has `category` and `csaf_version`). Categories of the base profile are free
 * text, so the version is what tells. No media type is registered.
 */
export const csaf: JsonFormat = {
  title: 'CSAF',
  clue: '"csaf_version"',
  recognise(json) {
    const { document } = json;
    if (!isJsonObject(document)) return undefined;
    const category = stringOf(document['category']);
    const version = stringOf(document['csaf_version']);
    if (version === undefined && !category?.startsWith('csaf_')) return undefined;
    if (version === undefined) return nearMiss('document.csaf_version is missing');
    if (category === undefined) return nearMiss('document.category is missing');
    return buildEvidence({ kind: 'csaf', artifactType: 'application/csaf+json' });
  },
};
