import type { Detection } from '../evidence/detection.ts';
import type { JsonObject } from '../oci/strict-json.ts';

const SPDX = 'https://spdx.dev/Document';
/** Those of its versions that have a predicate type of their own (in-toto attestation spec/predicates/spdx2.md). */
const SPDX_VERSIONS = ['2.2', '2.3'];
/** SARIF has none of its own; its schema's address is what is in use. */
const SARIF = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';

/**
 * The predicate type under which a document is signed by itself: as actions/attest writes SPDX (with the document's
 * version) and CycloneDX (without), cosign OpenVEX. undefined: the document has none that others would look for.
 */
export function predicateTypeOf(detection: Detection, json: JsonObject): string | undefined {
  switch (detection.kind) {
    case 'spdx-json':
      return spdxType(json['spdxVersion']);
    case 'spdx3-json':
      return `${SPDX}/v3`;
    case 'cyclonedx-json':
      return 'https://cyclonedx.org/bom';
    case 'openvex':
      return 'https://openvex.dev/ns';
    case 'sarif':
      return SARIF;
    default:
      return undefined;
  }
}

function spdxType(version: unknown): string {
  const number = typeof version === 'string' ? version.replace(/^SPDX-/, '') : '';
  return SPDX_VERSIONS.includes(number) ? `${SPDX}/v${number}` : SPDX;
}
