import type { SignedClaim } from '../evidence/signed-evidence.ts';
import type { Statement } from '../evidence/statement.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { algorithmOf, type Digest, encodedOf } from '../oci/digest.ts';

/** How many digests of others are named. */
const MAX_NAMED = 3;

/**
 * What a claim is about instead of `subject`, in words; undefined where it is about it. Subjects are compared purely by
 * digest, in the algorithm of the image's own: names are nobody's word (in-toto attestation framework v1, "ResourceDescriptor").
 */
export function describeWrongSubject(claim: SignedClaim, subject: Descriptor): string | undefined {
  switch (claim.kind) {
    case 'statement':
      return wrongSubjectOf(claim.statement, subject.digest);
    case 'manifest-digest':
      return wrongManifest(claim, subject);
    case 'message':
      // without a digest of its own the signature itself says whether it is over these bytes
      return claim.digest === undefined || claim.digest === subject.digest ? undefined : claim.digest;
  }
}

/** The Notary Project signs a whole descriptor (signature-specification.md "Payload"): type and size count, too. */
function wrongManifest(
  { digest, mediaType, size }: Extract<SignedClaim, { readonly kind: 'manifest-digest' }>,
  subject: Descriptor,
): string | undefined {
  if (digest !== subject.digest) return digest;
  if (mediaType !== undefined && mediaType !== subject.mediaType) return `${digest} as ${mediaType}`;
  return size === undefined || size === subject.size ? undefined : `${digest} with ${size} bytes`;
}

/** The same of a statement, signed or not. */
export function wrongSubjectOf({ subjects }: Statement, subject: Digest): string | undefined {
  const [algorithm, hex] = [algorithmOf(subject), encodedOf(subject)];
  const isAbout = subjects.some(({ digest }) => Object.hasOwn(digest, algorithm) && digest[algorithm] === hex);
  if (isAbout) return undefined;
  const named = subjects.flatMap(({ name, digest }) => {
    const digests = Object.entries(digest).map(([key, value]) => `${key}:${value}`);
    return digests.length > 0 ? digests.slice(0, 1) : [name ?? 'a subject without a digest'];
  });
  const others = named.length > MAX_NAMED ? ` and ${named.length - MAX_NAMED} more` : '';
  return `${named.slice(0, MAX_NAMED).join(', ')}${others}`;
}
