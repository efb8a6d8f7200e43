/**
 * Media types of documents, and the predicate types under which the same documents are signed. Exact texts: a version
 * that is not here is another type, and a rule that wants it names it.
 *
 * - SPDX 2: in-toto attestation spec/predicates/spdx2.md (`…/Document` before it had versions); SPDX 3: spdx3.md. The
 *   type without a version is SPDX 2's. actions/attest writes the document's own version.
 * - CycloneDX: spec/predicates/cyclonedx.md; tools write it with the specification's version, or without. A CycloneDX
 *   VEX is a CycloneDX document, with the same types.
 * - OpenVEX: the JSON-LD context, as cosign (`--type openvex`) and vexctl write it. Three media types are in use.
 * - SARIF has no predicate type of its own; what is in use is the address of its schema, from each of its homes.
 */
const ALIASES: readonly { readonly mediaTypes: readonly string[]; readonly predicateTypes: readonly string[] }[] = [
  {
    mediaTypes: ['application/spdx+json', 'text/spdx'],
    predicateTypes: withVersions('https://spdx.dev/Document', ['v2.2', 'v2.3']),
  },
  {
    mediaTypes: ['application/spdx3+json'],
    predicateTypes: ['v3', 'v3.0', 'v3.0.0', 'v3.0.1', 'v3.1'].map((version) => `https://spdx.dev/Document/${version}`),
  },
  {
    mediaTypes: ['application/vnd.cyclonedx+json', 'application/vnd.cyclonedx+xml'],
    predicateTypes: withVersions('https://cyclonedx.org/bom', ['v1.2', 'v1.3', 'v1.4', 'v1.5', 'v1.6', 'v1.7']),
  },
  {
    mediaTypes: ['application/vnd.openvex+json', 'application/vnd.openvex', 'application/vnd.openvex.vex+json'],
    predicateTypes: withVersions('https://openvex.dev/ns', ['v0.0.1', 'v0.2.0']),
  },
  {
    mediaTypes: ['application/sarif+json'],
    predicateTypes: [
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
      'https://json.schemastore.org/sarif-2.1.0.json',
      'https://www.schemastore.org/schemas/json/sarif-2.1.0.json',
    ],
  },
];

/** The predicate types under which documents of a media type are signed; none for a type that has no alias. */
export function predicateAliases(mediaType: string): readonly string[] {
  return ALIASES.find(({ mediaTypes }) => mediaTypes.includes(mediaType))?.predicateTypes ?? [];
}

/** The reverse: the media types of what a predicate type holds, the usual one first; none where it has no alias. */
export function mediaTypesOfPredicate(predicateType: string): readonly string[] {
  return ALIASES.find(({ predicateTypes }) => predicateTypes.includes(predicateType))?.mediaTypes ?? [];
}

function withVersions(base: string, versions: readonly string[]): string[] {
  return [base, ...versions.map((version) => `${base}/${version}`)];
}
