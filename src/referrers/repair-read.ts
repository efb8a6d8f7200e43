import { type CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type Manifest, referrerDescriptorOf } from '../oci/manifest.ts';
import { isUniqueTagOf } from '../oci/referrers-tag.ts';
import type { TagList } from '../store/store.ts';
import type { RepairRequest } from './repair-types.ts';

/** A manifest whose bytes were read, or why they were not. */
export type FoundManifest =
  | { readonly state: 'referrer'; readonly digest: Digest; readonly subject: Digest; readonly descriptor: Descriptor }
  | { readonly state: 'no-referrer'; readonly digest: Digest }
  | { readonly state: 'gone'; readonly digest: Digest }
  | { readonly state: 'unread'; readonly digest: Digest; readonly error: CodedError };

/** Referrers that have tags of their own under this subject. */
export async function readUniqueTags(
  subject: Digest,
  request: RepairRequest,
  tags: Promise<TagList> | undefined,
): Promise<FoundManifest[]> {
  if (tags === undefined) return [];
  const own = [...(await tags).tags].filter((tag) => isUniqueTagOf(tag, subject));
  const { store, signal } = request;
  const found = await Promise.all(
    own.map(async (tag): Promise<FoundManifest | undefined> => {
      const fetched = await store.findManifest({ tag }, { signal });
      return fetched === undefined ? undefined : referrerOf(fetched.manifest);
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** One 404 is not believed, as nowhere where something is lost by it. */
export async function readReferrer(digest: Digest, { store, signal }: RepairRequest): Promise<FoundManifest> {
  try {
    const fetched = (await store.findManifest(digest, { signal })) ?? (await store.findManifest(digest, { signal }));
    return fetched === undefined ? { state: 'gone', digest } : referrerOf(fetched.manifest);
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    return { state: 'unread', digest, error: toCodedError(thrown) };
  }
}

function referrerOf(manifest: Manifest): FoundManifest {
  const { digest, subject } = manifest;
  if (subject === undefined) return { state: 'no-referrer', digest };
  return { state: 'referrer', digest, subject: subject.digest, descriptor: referrerDescriptorOf(manifest) };
}
