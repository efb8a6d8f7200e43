const SPELLINGS = [
  /^application\/vnd\.dev\.sigstore\.bundle\+json; ?version=(0\.[123])$/,
  /^application\/vnd\.dev\.sigstore\.bundle\.v(0\.[123])\+json$/,
];

/**
 * A bundle's media type in any of its spellings -> the one spelling that decides by which rules of its version it is
 * read; undefined for what is no version that is known. sigstore/protobuf-specs sigstore_bundle.proto `media_type`:
 * 0.1 and 0.2 are written with a parameter, 0.3 with or without.
 */
export function canonicalBundleType(mediaType: string): string | undefined {
  const version = SPELLINGS.map((spelling) => spelling.exec(mediaType)?.[1]).find((found) => found !== undefined);
  if (version === undefined) return undefined;
  return version === '0.3'
    ? 'application/vnd.dev.sigstore.bundle.v0.3+json'
    : `application/vnd.dev.sigstore.bundle+json;version=${version}`;
}
