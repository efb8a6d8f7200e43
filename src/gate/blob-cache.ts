import type { Descriptor } from '../oci/descriptor.ts';
import { verifyBytes } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';

/** Bytes of earlier runs by their digest. Whoever could write them is not trusted: they are hashed when they are read. */
export interface BlobCache {
  /** What is said to have the digest; undefined: nothing is kept. */
  readonly get: (digest: string) => Uint8Array | undefined;
  /** Bytes that have the digest: they were hashed. */
  readonly put: (digest: string, bytes: Uint8Array) => void;
  /** What was kept under the digest does not have it. */
  readonly refuse: (digest: string) => void;
}

/** A larger blob is not kept. */
const MAX_BLOB_BYTES = 4 * 1024 * 1024;

/**
 * A Store that takes the bytes of blobs from `cache` where they are what their descriptor says. Nothing else: whether a
 * manifest is there, what a tag or a list says, and so what evidence an image has, is asked of the registry in every run.
 */
export function cacheBlobs(store: Store, cache: BlobCache): Store {
  async function* openBlob(descriptor: Descriptor, options?: Parameters<Store['openBlob']>[1]) {
    const { digest, size } = descriptor;
    const kept = size <= MAX_BLOB_BYTES ? proved(descriptor, cache) : undefined;
    if (kept !== undefined) {
      yield kept;
      return;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.openBlob(descriptor, options)) {
      if (size <= MAX_BLOB_BYTES) chunks.push(chunk);
      yield chunk;
    }
    // the end comes only after the bytes were found to be right
    if (size <= MAX_BLOB_BYTES) cache.put(digest, Buffer.concat(chunks));
  }
  return {
    kind: store.kind,
    name: store.name,
    openBlob,
    findManifest: (target, options) => store.findManifest(target, options),
    listTags: (options) => store.listTags(options),
    listReferrers: (subject, options) => store.listReferrers(subject, options),
    pushManifest: (request) => store.pushManifest(request),
    deleteManifest: (digest) => store.deleteManifest(digest),
    pushBlob: (blob, options) => store.pushBlob(blob, options),
  };
}

function proved({ digest, size }: Descriptor, cache: BlobCache): Uint8Array | undefined {
  const kept = cache.get(digest);
  if (kept === undefined) return undefined;
  try {
    verifyBytes(kept, digest, size, `the cache's ${digest}`);
    return kept;
  } catch {
    cache.refuse(digest); // it is read from the registry, and that is heard of
    return undefined;
  }
}
