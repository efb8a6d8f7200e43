import { isMediaType } from '../oci/artifact-type.ts';
import { isNameWithColon } from './near-type.ts';

/**
 * in-toto attestation spec v1, "TypeURI": any URI. Compared as it is, so a wildcard is none; and a short name with a
 * colon in it (`sbom:spdx`) is a slip, which nothing would ever match.
 */
export function isPredicateType(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s*]+$/.test(text) && !isNameWithColon(text);
}

/** A media type, with parameters as older Sigstore bundles have them: `application/vnd.dev.sigstore.bundle+json;version=0.2`. */
export function isArtifactType(text: string): boolean {
  const [type = '', ...parameters] = text.split(';');
  return isMediaType(type) && parameters.every((one) => /^\s*[\w-]+=[\w.-]+$/.test(one));
}
