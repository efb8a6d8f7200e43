import { algorithmOf, type Digest, encodedOf } from './digest.ts';

/**
 * The fallback tag of a subject, distribution-spec 1.1 "Referrers Tag Schema": the algorithm cut to 32 characters, a
 * dash, the encoded part cut to 64; every character that no tag may hold becomes a dash. Two sha512 subjects may share
 * one tag, so what the tag lists must be checked for its `subject`.
 */
export function buildReferrersTag(subject: Digest): string {
  const tag = `${algorithmOf(subject).slice(0, 32)}-${encodedOf(subject).slice(0, 64)}`;
  return tag.replace(/[^A-Za-z0-9._-]/g, '-');
}

/** The suffixes under which cosign v2 keeps what belongs to a digest: signatures, attestations, SBOMs. */
export const COSIGN_TAG_SUFFIXES = ['sig', 'att', 'sbom'] as const;
export type CosignTagSuffix = (typeof COSIGN_TAG_SUFFIXES)[number];

/** `sha256-<hex>.sig` and its like: cosign's "triangulated" tag of a digest. */
export function buildCosignTag(subject: Digest, suffix: CosignTagSuffix): string {
  return `${subject.replace(':', '-')}.${suffix}`;
}
