import { buildEvidence, nearMiss } from '../detection.ts';
import { type JsonFormat, stringOf } from './json-format.ts';

const CONTEXT = 'https://openvex.dev/ns';

/** OpenVEX (OpenVEX spec v0.2.0 "Document"). No media type is registered; this one is what public code writes most. */
export const openvex: JsonFormat = {
  title: 'OpenVEX',
  clue: CONTEXT,
  recognise(json) {
    const context = stringOf(json['@context']);
    if (context !== CONTEXT && !context?.startsWith(`${CONTEXT}/`)) return undefined;
    if (!Array.isArray(json['statements'])) return nearMiss('statements is not an array');
    return buildEvidence({ kind: 'openvex', artifactType: 'application/vnd.openvex+json' });
  },
};
