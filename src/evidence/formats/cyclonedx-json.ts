import { buildEvidence, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

/**
 * CycloneDX in JSON (specification 1.2 and later): a BOM, or a VEX, which has the same media type. `serialNumber` is
 * optional and not asked for.
 */
export const cyclonedxJson: JsonFormat = {
  title: 'CycloneDX JSON',
  clue: '"bomFormat"',
  recognise(json) {
    if (json['bomFormat'] !== 'CycloneDX') return undefined;
    if (stringOf(json['specVersion']) === undefined) return nearMiss('specVersion is missing');
    return buildEvidence({ kind: 'cyclonedx-json', artifactType: 'application/vnd.cyclonedx+json' });
  },
};
