import { COSIGN_SIMPLESIGNING, DSSE_ENVELOPE, NOTATION_SIGNATURE } from '../oci/media-types.ts';

const SIGNED_TYPES: readonly string[] = [DSSE_ENVELOPE, NOTATION_SIGNATURE, COSIGN_SIMPLESIGNING];
const SIGNED_PREFIXES = ['application/vnd.dev.sigstore.bundle', 'application/vnd.dev.cosign.'];

/**
 * Which of these types, of an artifact and of its layers, is one of signatures or attestations; undefined: none. What
 * bears one is evidence of its own moment and signer: a newer one of the same type does not make the older one void,
 * so that `if-exists: replace` never removes it, whoever asks.
 */
export function signedTypeOf(artifactType: string, layerMediaTypes: readonly string[]): string | undefined {
  return [artifactType, ...layerMediaTypes].find(
    (type) => SIGNED_TYPES.includes(type) || SIGNED_PREFIXES.some((prefix) => type.startsWith(prefix)),
  );
}
