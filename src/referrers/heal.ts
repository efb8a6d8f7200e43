import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type Manifest, referrerDescriptorOf } from '../oci/manifest.ts';
import type { Store } from '../store/store.ts';
import { haveSameRole } from './compare-artifacts.ts';
import { fallbackWriterOf } from './fallback-writer.ts';
import { isAttachedByUs } from './marker.ts';
import { readFallbackIndex } from './read-fallback-index.ts';

/** What a run listed by tag schema: digests and names only, so that it may be kept between the steps of a job. */
export interface HealEntry {
  /** As a reference without tag and digest: `ghcr.io/acme/app`. */
  readonly repository: string;
  readonly subject: Digest;
  readonly digests: readonly Digest[];
}

export interface HealOutcome {
  readonly entry: HealEntry;
  /** Entries that another writer's stale list had lost, now listed again. */
  readonly healed: readonly Digest[];
  /** Entries that are gone since another edition was put in their place; left out. */
  readonly superseded: readonly Digest[];
  readonly error: CodedError | undefined;
}

/**
 * Looks once more, at the end of a job, whether what was listed by tag is still listed, and lists it again if a writer
 * that had paused for long overwrote it. What was deleted since (a warning), or replaced by another edition, is left as
 * it is. With nothing lost it costs one read a subject.
 */
export function healReferrers(
  entries: readonly HealEntry[],
  options: {
    readonly openStore: (repository: string) => Promise<Store>;
    readonly warn: (warning: Warning) => void;
    readonly signal?: AbortSignal | undefined;
    readonly settleMs?: number | undefined;
  },
): Promise<HealOutcome[]> {
  return Promise.all(
    entries.map(async (entry): Promise<HealOutcome> => {
      try {
        const store = await options.openStore(entry.repository);
        return { entry, ...(await healOne(store, entry, options)), error: undefined };
      } catch (thrown) {
        return { entry, healed: [], superseded: [], error: toCodedError(thrown) };
      }
    }),
  );
}

async function healOne(
  store: Store,
  entry: HealEntry,
  options: Parameters<typeof healReferrers>[1],
): Promise<Pick<HealOutcome, 'healed' | 'superseded'>> {
  const { signal, warn, settleMs } = options;
  const fallback = await readFallbackIndex(store, entry.subject, { signal });
  const listed = fallback.state === 'list' ? fallback.index.manifests : [];
  const lost = entry.digests.filter((digest) => !listed.some((one) => one.digest === digest));
  const found = await Promise.all(lost.map((digest) => findLost(store, digest, entry, options)));
  const standing = found.filter((manifest) => manifest !== undefined);
  const isSuperseded = await Promise.all(
    standing.map((manifest) => hasSuccessor(store, manifest, entry, listed, signal)),
  );
  const superseded = standing.filter((_, i) => isSuperseded[i] === true).map(({ digest }) => digest);
  const add = standing.filter((_, i) => isSuperseded[i] !== true).map(referrerDescriptorOf);
  const healed = add.map(({ digest }) => digest);
  if (healed.length === 0) return { healed, superseded };
  await fallbackWriterOf(store).update(entry.subject, { add, remove: [] }, { warn, signal, settleMs });
  warn({
    code: 'fallback-entry-restored',
    message: `another writer overwrote the list of referrers of ${entry.subject} in ${store.name}; ${healed.join(', ')} listed again`,
    subject: entry.subject,
  });
  return { healed, superseded };
}

/** The manifest of a lost entry; undefined, and a warning, where somebody deleted it: then it is rightly not listed. */
async function findLost(
  store: Store,
  digest: Digest,
  entry: HealEntry,
  { signal, warn }: Parameters<typeof healReferrers>[1],
): Promise<Manifest | undefined> {
  const fetched = await store.findManifest(digest, { signal });
  if (fetched === undefined) {
    warn({
      code: 'attached-gone',
      message: `${store.name} no longer holds ${digest}, which this job attached to ${entry.subject}: something deleted it, and it is not listed again`,
      subject: digest,
    });
    return undefined;
  }
  if (fetched.manifest.subject?.digest !== entry.subject)
    throw new CodedError('internal', `${digest}, which this job listed for ${entry.subject}, has another subject`);
  return fetched.manifest;
}

/** Whether `if-exists: replace` put another edition in its place: both bear our marker, and are of one type with the same titles. */
async function hasSuccessor(
  store: Store,
  lost: Manifest,
  { subject, digests }: HealEntry,
  listed: readonly Descriptor[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  // types and annotations in a list are hints: what lacks them is read
  const likely = listed.filter(
    ({ digest, annotations }) =>
      !digests.includes(digest) && (annotations === undefined || isAttachedByUs(annotations)),
  );
  for (const { digest } of likely) {
    const fetched = await store.findManifest(digest, { signal });
    if (fetched !== undefined && fetched.manifest.subject?.digest === subject && haveSameRole(lost, fetched.manifest))
      return true;
  }
  return false;
}
