import type { Descriptor } from '../oci/descriptor.ts';
import type { Manifest } from '../oci/manifest.ts';
import type { FetchedManifest, ManifestTarget, ReadOptions, Store, TagList } from '../store/store.ts';
import { ByteMemory } from './byte-memory.ts';

/** What a memory may hold of manifests, and of blobs; what does not fit is asked for again. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** A larger blob is passed through as it comes. */
const MAX_BLOB_BYTES = 16 * 1024 * 1024;

/** What stores remember. One for all stores of a run bounds what a fleet of repositories keeps. */
export interface StoreMemory {
  readonly manifests: ByteMemory<Manifest>;
  readonly blobs: ByteMemory<readonly Uint8Array[]>;
  /** Stores that share it: each has names of its own in it, since what one repository holds another may lack. */
  stores: number;
}

export function createStoreMemory(maxBytes = MAX_MEMORY_BYTES): StoreMemory {
  return { manifests: new ByteMemory(maxBytes), blobs: new ByteMemory(maxBytes), stores: 0 };
}

/**
 * A Store that asks for each manifest and blob once: content is named by its digest and hashed below, so that what was
 * read once is true for the whole run. Readers of the same thing at the same time share one request. The tag list is
 * asked for once, too; tags and lists of referrers, which change, are asked for each time. Failures are not kept.
 */
export function memoizeStore(store: Store, memory = createStoreMemory()): Store {
  const { manifests, blobs } = memory;
  const own = memory.stores++;
  const pending = new Map<string, Promise<unknown>>();
  let tags: { readonly maxPages: number; readonly list: Promise<TagList> } | undefined;

  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    // what stands under a key was put there by the same kind of question
    const known = pending.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask().finally(() => pending.delete(key));
    pending.set(key, asked);
    return asked;
  };

  const fetchManifest = async (target: ManifestTarget, options?: ReadOptions): Promise<FetchedManifest | undefined> => {
    const fetched = await store.findManifest(target, options);
    if (fetched !== undefined)
      manifests.set(`${own} ${fetched.manifest.digest}`, fetched.manifest, fetched.manifest.size);
    return fetched;
  };

  const findManifest: Store['findManifest'] = async (target, options) => {
    if (typeof target !== 'string') return fetchManifest(target, options);
    const known = manifests.get(`${own} ${target}`);
    if (known !== undefined) return { manifest: known };
    // where Accept decides what is found, another type is another question
    return once(`manifest ${target} ${options?.mediaType ?? ''}`, () => fetchManifest(target, options));
  };

  const readBlob = async (descriptor: Descriptor, options?: ReadOptions): Promise<readonly Uint8Array[]> => {
    const key = `${descriptor.digest} ${descriptor.size}`;
    const known = blobs.get(`${own} ${key}`);
    if (known !== undefined) return known;
    return once(`blob ${key}`, async () => {
      const chunks = await Array.fromAsync(store.openBlob(descriptor, options));
      blobs.set(`${own} ${key}`, chunks, descriptor.size);
      return chunks;
    });
  };

  async function* openBlob(descriptor: Descriptor, options?: ReadOptions): AsyncIterable<Uint8Array> {
    if (descriptor.size > MAX_BLOB_BYTES) yield* store.openBlob(descriptor, options);
    else yield* await readBlob(descriptor, options);
  }

  const listTags: Store['listTags'] = (options) => {
    if (tags === undefined || tags.maxPages < options.maxPages) {
      tags = { maxPages: options.maxPages, list: store.listTags(options) };
      const forget = (): void => {
        tags = undefined;
      };
      tags.list.then(({ error }) => error !== undefined && forget(), forget);
    }
    return tags.list;
  };

  return {
    kind: store.kind,
    name: store.name,
    findManifest,
    openBlob,
    listTags,
    listReferrers: (subject, options) => store.listReferrers(subject, options),
    pushManifest: (request) => store.pushManifest(request),
    deleteManifest: (digest) => store.deleteManifest(digest),
    pushBlob: (blob, options) => store.pushBlob(blob, options),
  };
}
