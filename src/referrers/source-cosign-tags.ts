import { isSameManifest } from '../oci/manifest.ts';
import { isTag } from '../oci/reference.ts';
import { buildCosignTag, COSIGN_TAG_SUFFIXES, type CosignTagSuffix } from '../oci/referrers-tag.ts';
import type { Candidate } from './candidate.ts';
import type { CollectSubject } from './collect-candidates.ts';
import type { ListSettings } from './list-settings.ts';

/** cosign v2: what belongs to a digest stands under tags made from it. */
export async function lookAtCosignTags(subject: CollectSubject, settings: ListSettings): Promise<readonly Candidate[]> {
  const found = await Promise.all(COSIGN_TAG_SUFFIXES.map((suffix) => lookAtCosignTag(subject, suffix, settings)));
  return found.flat();
}

/** One of them. */
export async function lookAtCosignTag(
  subject: CollectSubject,
  suffix: CosignTagSuffix,
  { store, inventory, signal }: ListSettings,
): Promise<readonly Candidate[]> {
  const tag = buildCosignTag(subject.digest, suffix);
  if (!isTag(tag)) return []; // of a sha512 digest it is too long to be one, and cosign cannot have written it
  if ((await inventory.word(tag, subject.isSample === true)) === 'absent') return [];
  const fetched = await store.findManifest({ tag }, { signal });
  if (fetched === undefined || isSameManifest(fetched.manifest, subject.digest)) return [];
  inventory.found(tag);
  const { manifest } = fetched;
  const listed = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
  return [{ digest: manifest.digest, listed, sources: ['cosign-tags'], manifest }];
}
