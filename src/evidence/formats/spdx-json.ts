import { buildEvidence, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

/** SPDX 2 in JSON (SPDX 2.3 §6; IANA `application/spdx+json`). */
export const spdxJson: JsonFormat = {
  title: 'SPDX 2 JSON',
  clue: '"spdxVersion"',
  recognise(json) {
    const version = stringOf(json['spdxVersion']);
    if (version === undefined) return undefined;
    if (!version.startsWith('SPDX-2.')) return nearMiss(`its spdxVersion is ${JSON.stringify(version)}, not SPDX-2.x`);
    if (stringOf(json['SPDXID']) === undefined) return nearMiss('SPDXID is missing');
    return buildEvidence({ kind: 'spdx-json', artifactType: 'application/spdx+json' });
  },
};
