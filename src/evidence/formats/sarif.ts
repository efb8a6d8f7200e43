import { buildEvidence, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

/** SARIF (OASIS SARIF 2.1.0 §3.13; IANA `application/sarif+json`). */
export const sarif: JsonFormat = {
  title: 'SARIF',
  clue: 'sarif',
  recognise(json) {
    const version = stringOf(json['version']);
    const hasSchema = stringOf(json['$schema'])?.includes('sarif') === true;
    const isSarif = hasSchema || (version === '2.1.0' && Array.isArray(json['runs']));
    if (!isSarif) return undefined;
    if (!Array.isArray(json['runs'])) return nearMiss('runs is not an array');
    if (version === undefined) return nearMiss('version is missing');
    return buildEvidence({ kind: 'sarif', artifactType: 'application/sarif+json' });
  },
};
