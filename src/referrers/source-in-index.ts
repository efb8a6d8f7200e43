import type { Descriptor } from '../oci/descriptor.ts';
import { ANNOTATION_BUILDKIT_DIGEST, ANNOTATION_BUILDKIT_TYPE } from '../oci/media-types.ts';
import type { Candidate } from './candidate.ts';
import type { CollectSubject } from './collect-candidates.ts';

/** BuildKit, docs/attestations/attestation-storage.md: siblings in the index that say which platform they are about. */
export function lookInIndex(subject: CollectSubject): readonly Candidate[] {
  return (subject.siblings ?? [])
    .filter((entry) => attestedBy(entry) === subject.digest)
    .map((entry) => ({
      digest: entry.digest,
      listed: { mediaType: entry.mediaType, digest: entry.digest, size: entry.size },
      sources: ['in-index'],
    }));
}

/** The digest that an entry says it is an attestation of; undefined where it says no such thing. Untrusted. */
export function attestedBy({ annotations }: Descriptor): string | undefined {
  if (annotations?.[ANNOTATION_BUILDKIT_TYPE] !== 'attestation-manifest') return undefined;
  return annotations[ANNOTATION_BUILDKIT_DIGEST];
}
