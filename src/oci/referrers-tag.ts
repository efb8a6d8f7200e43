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

/** `sha256-<hex>`, or with a suffix: of the two registered algorithms, in full or cut to 64 characters. */
const DIGEST_TAG = /^sha(?:256|512)-[0-9a-f]{64}(?:[0-9a-f]{64})?(?<suffix>\.[a-z]+)?$/;

/** Whether a tag belongs to a digest, not to an image: `referrers`, or `cosign` with its suffix. */
export function kindOfDigestTag(tag: string): 'referrers' | 'cosign' | undefined {
  const match = DIGEST_TAG.exec(tag);
  if (match === null) return undefined;
  return match.groups?.['suffix'] === undefined ? 'referrers' : 'cosign';
}

const UNIQUE_HEX = 16;

/**
 * `sha256-<hex>.<16 hex of the referrer's digest>`: a tag of one referrer's own, from which a list that lost its entry
 * can be built again. Nobody else writes it, so nothing can be overwritten.
 */
export function buildUniqueTag(subject: Digest, referrer: Digest): string {
  return `${uniqueTagPrefix(subject)}${encodedOf(referrer).slice(0, UNIQUE_HEX)}`;
}

/** Whether a tag of `tags/list` is a referrer's own tag under this subject. */
export function isUniqueTagOf(tag: string, subject: Digest): boolean {
  const prefix = uniqueTagPrefix(subject);
  return tag.startsWith(prefix) && /^[0-9a-f]{16}$/.test(tag.slice(prefix.length));
}

/** Whether a tag is a referrer's own tag under any subject. */
export function isUniqueTag(tag: string): boolean {
  return /^sha(?:256|512)-[0-9a-f]{64}\.[0-9a-f]{16}$/.test(tag);
}

function uniqueTagPrefix(subject: Digest): string {
  return `${buildReferrersTag(subject)}.`;
}
