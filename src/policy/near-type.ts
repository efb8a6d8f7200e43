import { nearName } from '../errors/near-name.ts';

/** What people call types of evidence, and the type that each most likely stands for. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['sbom', 'application/spdx+json'],
  ['spdx', 'application/spdx+json'],
  ['spdxjson', 'application/spdx+json'],
  ['cyclonedx', 'application/vnd.cyclonedx+json'],
  ['cdx', 'application/vnd.cyclonedx+json'],
  ['vex', 'application/vnd.openvex+json'],
  ['openvex', 'application/vnd.openvex+json'],
  ['sarif', 'application/sarif+json'],
  ['slsa', 'https://slsa.dev/provenance/v1'],
  ['slsaprovenance', 'https://slsa.dev/provenance/v1'],
  ['provenance', 'https://slsa.dev/provenance/v1'],
  ['vuln', 'https://in-toto.io/attestation/vulns/v0.2'],
  ['vulns', 'https://in-toto.io/attestation/vulns/v0.2'],
]);

/** The type that a short name, or a slip of one, most likely stands for; undefined: none is near. */
export function nearType(text: string): string | undefined {
  // of `sbom:spdx` and `attestation/provenance` the end says most
  for (const word of [text, ...text.split(/[:/]/).reverse()]) {
    const near = nearName(word, NAMES.keys());
    if (near !== undefined) return NAMES.get(near);
  }
  return undefined;
}

/** Whether a URI begins with such a name as its scheme, and is one colon and two words: `sbom:spdx`. */
export function isNameWithColon(text: string): boolean {
  const [scheme = '', rest = '', ...more] = text.split(':');
  return more.length === 0 && /^[a-z0-9-]+$/i.test(rest) && NAMES.has(scheme.toLowerCase());
}
