import { type KeyObject, verify } from 'node:crypto';
import { type SigstoreSignature, signatureBytes, signedBytes } from './sigstore-signature.ts';

/**
 * The kinds that the library cannot verify, over the same bytes: it hands a digest to Ed25519, which takes none, and
 * takes SHA-256 for every envelope, where NIST curves of 384 and 521 bits go with SHA-384 and SHA-512 (sigstore
 * architecture-docs algorithm-registry.md). False for every other kind of key.
 */
export function verifyOtherwise({ bundle }: SigstoreSignature, artifact: Uint8Array, key: KeyObject): boolean {
  const digest = otherDigest(key);
  if (digest === undefined) return false;
  return verify(digest.name, signedBytes(bundle.content, artifact), key, signatureBytes(bundle));
}

/** `name` null: the algorithm hashes by itself. undefined: nothing else is to be tried. */
function otherDigest(key: KeyObject): { readonly name: string | null } | undefined {
  if (key.asymmetricKeyType === 'ed25519') return { name: null };
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'secp384r1') return { name: 'sha384' };
  return curve === 'secp521r1' ? { name: 'sha512' } : undefined;
}
