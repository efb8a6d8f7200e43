import { decodeForScan } from '../decode-text.ts';
import { buildEvidence, type Recognition } from '../detection.ts';

export const SPDX_TAG_VALUE_TITLE = 'SPDX tag-value';

/** SPDX in tag-value form (SPDX 2.3 §6.1; IANA `text/spdx`): its first line that is no comment is `SPDXVersion:`. */
export function recogniseSpdxTagValue(head: Uint8Array): Recognition {
  for (const line of decodeForScan(head).split(/\r?\n/)) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (!/^SPDXVersion:\s*SPDX-[0-9]/.test(text)) return undefined;
    return buildEvidence({ kind: 'spdx-tag-value', artifactType: 'text/spdx' });
  }
  return undefined;
}
