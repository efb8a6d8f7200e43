import { CodedError } from '../errors/coded-error.ts';
import type { Reference } from '../oci/reference.ts';
import { kindOfDigestTag } from '../oci/referrers-tag.ts';
import type { ManifestTarget, Store } from '../store/store.ts';
import { targetOf } from './subjects.ts';

/**
 * What of its repository a reference asks for. `oci-layout:DIR` without tag and digest is the only image of the layout,
 * where there is only one. Throws `reference-invalid` that names the tags where there are several.
 */
export async function resolveTarget(reference: Reference, store: Store, signal?: AbortSignal): Promise<ManifestTarget> {
  const isOpen = reference.kind === 'layout' && reference.tag === undefined && reference.digest === undefined;
  if (!isOpen) return targetOf(reference);
  const { tags } = await store.listTags({ maxPages: 1, signal });
  const images = [...tags].filter((tag) => kindOfDigestTag(tag) === undefined).sort();
  const [only] = images;
  if (images.length > 1) {
    throw new CodedError('reference-invalid', `${store.name} holds ${images.length} images: ${images.join(', ')}`, {
      hint: `Name one of them, for example ${store.name}:${only}.`,
    });
  }
  return only === undefined ? targetOf(reference) : { tag: only };
}
