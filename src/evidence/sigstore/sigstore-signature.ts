import { createHash } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { type SignedEntity, toSignedEntity } from '@sigstore/verify';
import { type Digest, digestOf } from '../../oci/digest.ts';

/** A signature in the terms of a bundle, wherever it came from. */
export interface SigstoreSignature {
  readonly bundle: Bundle;
  /** What a message signature is over, where the document itself has it (cosign's payload). */
  readonly message?: Uint8Array | undefined;
}

// sigstore_common.proto HashAlgorithm -> node:crypto; SHA3 is for LMS, which nothing here verifies
const HASHES: ReadonlyMap<HashAlgorithm, 'sha256' | 'sha384' | 'sha512'> = new Map([
  [HashAlgorithm.HASH_ALGORITHM_UNSPECIFIED, 'sha256'],
  [HashAlgorithm.SHA2_256, 'sha256'],
  [HashAlgorithm.SHA2_384, 'sha384'],
  [HashAlgorithm.SHA2_512, 'sha512'],
]);

/** Whether it names a key or has a certificate: a trust in one is never met by the other. */
export function isKeySigned({ bundle }: SigstoreSignature): boolean {
  return bundle.verificationMaterial.content.$case === 'publicKey';
}

/** The leaf certificate in DER; undefined for a key. */
export function leafCertificate({ bundle }: SigstoreSignature): Uint8Array | undefined {
  const { content } = bundle.verificationMaterial;
  if (content.$case === 'certificate') return content.certificate.rawBytes;
  return content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates[0]?.rawBytes : undefined;
}

export function signatureBytes({ content }: Bundle): Uint8Array {
  return content.$case === 'dsseEnvelope'
    ? (content.dsseEnvelope.signatures[0]?.sig ?? new Uint8Array())
    : content.messageSignature.signature;
}

/** What the library reads; `artifact` is what a message signature is over. Throws what it throws. */
export function toEntity(bundle: Bundle, artifact: Uint8Array): SignedEntity {
  // a view: artifacts and payloads may have many MiB
  return toSignedEntity(bundle, Buffer.from(artifact.buffer, artifact.byteOffset, artifact.byteLength));
}

/** By the decoded signature, never by a bundle's bytes: whitespace or an unknown field would make another of them. */
export function envelopeOf(bundle: Bundle): string {
  return digestOf(signatureBytes(bundle));
}

/** The bytes that were signed: of an envelope its pre-authentication encoding (DSSE protocol.md v1.0.2). */
export function signedBytes(content: Bundle['content'], artifact: Uint8Array): Uint8Array {
  if (content.$case === 'messageSignature') return artifact;
  const { payloadType, payload } = content.dsseEnvelope;
  return dsse.preAuthEncoding(payloadType, payload);
}

/** Of a message signature: the digest it names, and whether bytes have it. undefined: by an algorithm unknown here. */
export function messageDigestOf(
  content: Extract<Bundle['content'], { $case: 'messageSignature' }>,
): { readonly digest: Digest; readonly matches: (bytes: Uint8Array) => boolean } | undefined {
  const { algorithm, digest } = content.messageSignature.messageDigest;
  const hash = HASHES.get(algorithm);
  if (hash === undefined) return undefined;
  return {
    digest: `${hash}:${digest.toString('hex')}`,
    matches: (bytes) => createHash(hash).update(bytes).digest().equals(digest),
  };
}
