import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type Manifest, referrerDescriptorOf } from '../oci/manifest.ts';
import { isUniqueTagOf } from '../oci/referrers-tag.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { DEFAULT_SETTLE_MS } from './fallback-settle.ts';
import type { RepairRequest } from './repair-types.ts';

/** A manifest whose bytes were read, or why they were not. */
export type FoundManifest =
  | { readonly state: 'referrer'; readonly digest: Digest; readonly subject: Digest; readonly descriptor: Descriptor }
  | { readonly state: 'no-referrer'; readonly digest: Digest }
  | { readonly state: 'gone'; readonly digest: Digest }
  | { readonly state: 'unread'; readonly digest: Digest; readonly error: CodedError };

/** A manifest to be read. Where Accept decides what is found, the type that a list names has to be asked for. */
export interface AskedManifest {
  readonly digest: Digest;
  readonly mediaType?: string | undefined;
}

/** The tags of a repository as far as they could be listed, and why they are not all. */
export interface KnownTags {
  readonly tags: ReadonlySet<string>;
  readonly error?: CodedError;
}

/** In the order in which they are asked for. */
export function readManifests(asked: readonly AskedManifest[], request: RepairRequest): Promise<FoundManifest[]> {
  const { store, signal } = request;
  return readSettled(asked, request, async ({ digest, mediaType }, isLast): Promise<FoundManifest | undefined> => {
    try {
      const fetched = await store.findManifest(digest, { mediaType, signal });
      if (fetched !== undefined) return referrerOf(fetched.manifest);
      return isLast ? { state: 'gone', digest } : undefined;
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      return { state: 'unread', digest, error: toCodedError(thrown) };
    }
  });
}

/** Referrers that have tags of their own under this subject, and what of them could not be read. */
export async function readUniqueTags(
  subject: Digest,
  request: RepairRequest,
  { tags, error }: KnownTags,
): Promise<{ readonly found: readonly FoundManifest[]; readonly unread: readonly CodedError[] }> {
  const { store, signal } = request;
  const own = [...tags].filter((tag) => isUniqueTagOf(tag, subject));
  const unread = new Map<string, CodedError>();
  const found = await readSettled(own, request, async (tag): Promise<FoundManifest | undefined> => {
    try {
      const fetched = await store.findManifest({ tag }, { signal });
      unread.delete(tag);
      return fetched === undefined ? undefined : referrerOf(fetched.manifest);
    } catch (thrown) {
      if (signal?.aborted === true) throw thrown;
      unread.set(tag, unreadTag(`${store.name}:${tag}`, toCodedError(thrown)));
      return undefined;
    }
  });
  return { found, unread: [...(error === undefined ? [] : [error]), ...unread.values()] };
}

function unreadTag(name: string, cause: CodedError): CodedError {
  return new CodedError(
    'list-incomplete',
    `${name} could not be read, so the referrer whose own tag it is may be missing in the list: ${cause.message}`,
    { cause, hint: 'Run repair again.' },
  );
}

/**
 * Reads all at once. What is not there is asked for once more when others had time to finish and replicas to follow:
 * two answers of the same moment are one.
 */
async function readSettled<Item>(
  items: readonly Item[],
  { settleMs = DEFAULT_SETTLE_MS, clock = SYSTEM_CLOCK, signal }: RepairRequest,
  read: (item: Item, isLast: boolean) => Promise<FoundManifest | undefined>,
): Promise<FoundManifest[]> {
  const first = await Promise.all(items.map((item) => read(item, false)));
  if (first.every((found) => found !== undefined)) return first;
  await clock.pause(settleMs, signal);
  const all = await Promise.all(items.map((item, i) => first[i] ?? read(item, true)));
  return all.filter((found) => found !== undefined);
}

function referrerOf(manifest: Manifest): FoundManifest {
  const { digest, subject } = manifest;
  if (subject === undefined) return { state: 'no-referrer', digest };
  return { state: 'referrer', digest, subject: subject.digest, descriptor: referrerDescriptorOf(manifest) };
}
