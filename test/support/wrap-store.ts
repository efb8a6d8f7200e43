import type { Store } from '../../src/store/store.ts';

/** A Store with some of its methods replaced. */
export function wrapStore(store: Store, replaced: Partial<Store>): Store {
  return {
    kind: store.kind,
    name: store.name,
    retries: store.retries,
    findManifest: (target, options) => store.findManifest(target, options),
    pushManifest: (request) => store.pushManifest(request),
    deleteManifest: (digest) => store.deleteManifest(digest),
    pushBlob: (blob, options) => store.pushBlob(blob, options),
    openBlob: (descriptor, options) => store.openBlob(descriptor, options),
    listReferrers: (subject, options) => store.listReferrers(subject, options),
    listTags: (options) => store.listTags(options),
    ...replaced,
  };
}

/** What never answers, and ends only by its signal. */
export function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
