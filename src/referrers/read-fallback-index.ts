import type { Digest } from '../oci/digest.ts';
import { type ImageIndex, isSameManifest } from '../oci/manifest.ts';
import { OCI_INDEX } from '../oci/media-types.ts';
import { buildReferrersTag } from '../oci/referrers-tag.ts';
import type { ReadOptions, Store } from '../store/store.ts';

/** What the referrers tag of a subject answers with. */
export type FallbackIndex =
  /** There is no such tag. */
  | { readonly state: 'absent' }
  | { readonly state: 'list'; readonly index: ImageIndex; readonly etag?: string }
  /** The tag resolves to the subject itself, as GitLab resolves `sha256-<hex>`: there is no list, and none can be kept. */
  | { readonly state: 'alias' }
  /** Something else bears the tag: it is not ours to read as a list, nor to overwrite. */
  | { readonly state: 'foreign'; readonly found: string };

/**
 * Reads and validates the list at the referrers tag (distribution-spec 1.1 "Referrers Tag Schema"): an OCI index that
 * is not the subject. Errors of reading, and documents that are two things at once, throw.
 */
export async function readFallbackIndex(
  store: Store,
  subject: Digest,
  options: ReadOptions = {},
): Promise<FallbackIndex> {
  const fetched = await store.findManifest({ tag: buildReferrersTag(subject) }, options);
  if (fetched === undefined) return { state: 'absent' };
  const { manifest, etag } = fetched;
  if (isSameManifest(manifest, subject)) return { state: 'alias' };
  if (manifest.kind !== 'index' || manifest.mediaType !== OCI_INDEX)
    return { state: 'foreign', found: manifest.mediaType };
  return { state: 'list', index: manifest, ...(etag !== undefined && { etag }) };
}

/** What tells one state of the list from another; undefined: there is none. */
export function stateOf(fallback: FallbackIndex | undefined): Digest | undefined {
  return fallback?.state === 'list' ? fallback.index.digest : undefined;
}

/** A reading of the list, and when it was asked for and complete (performance.now()). */
export interface FallbackReading {
  readonly fallback: FallbackIndex;
  readonly asked: number;
  readonly at: number;
}

/**
 * The reading that a write may rest on. One 404 is not believed: a proxy that drops Accept makes registries answer so
 * for a list that exists, and the whole list would be lost. `absentBefore` says that an earlier reading was a 404, too.
 */
export async function readForUpdate(
  store: Store,
  subject: Digest,
  options: {
    readonly absentBefore?: boolean;
    readonly signal?: AbortSignal | undefined;
    readonly now?: (() => number) | undefined;
  },
): Promise<FallbackReading> {
  const { signal, now = () => performance.now() } = options;
  const asked = now();
  const [first, second] = await Promise.all([
    readFallbackIndex(store, subject, { purpose: 'main', signal }),
    options.absentBefore === true ? undefined : readFallbackIndex(store, subject, { purpose: 'settle', signal }),
  ]);
  return { fallback: first.state === 'absent' && second !== undefined ? second : first, asked, at: now() };
}
