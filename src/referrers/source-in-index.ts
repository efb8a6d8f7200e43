import { ANNOTATION_BUILDKIT_DIGEST, ANNOTATION_BUILDKIT_TYPE } from '../oci/media-types.ts';
import type { Candidate } from './candidate.ts';
import type { CollectSubject } from './collect-candidates.ts';

/** BuildKit, docs/attestations/attestation-storage.md: siblings in the index that say which platform they are about. */
export function lookInIndex(subject: CollectSubject): readonly Candidate[] {
  return (subject.siblings ?? [])
    .filter(
      (entry) =>
        entry.annotations?.[ANNOTATION_BUILDKIT_TYPE] === 'attestation-manifest' &&
        entry.annotations[ANNOTATION_BUILDKIT_DIGEST] === subject.digest,
    )
    .map((entry) => ({
      digest: entry.digest,
      listed: { mediaType: entry.mediaType, digest: entry.digest, size: entry.size },
      sources: ['in-index'],
    }));
}
