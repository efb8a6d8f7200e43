import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { referrerDescriptorOf } from '../oci/manifest.ts';
import type { Store } from '../store/store.ts';
import { fallbackWriterOf } from './fallback-writer.ts';
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
  readonly error: CodedError | undefined;
}

/**
 * Looks once more, at the end of a job, whether what was listed by tag is still listed, and lists it again if a writer
 * that had paused for long overwrote it. With nothing lost it costs one read a subject.
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
        return { entry, healed: await healOne(store, entry, options), error: undefined };
      } catch (thrown) {
        return { entry, healed: [], error: toCodedError(thrown) };
      }
    }),
  );
}

async function healOne(
  store: Store,
  entry: HealEntry,
  options: Parameters<typeof healReferrers>[1],
): Promise<readonly Digest[]> {
  const { signal, warn, settleMs } = options;
  const fallback = await readFallbackIndex(store, entry.subject, { signal });
  const listed = new Set(fallback.state === 'list' ? fallback.index.manifests.map(({ digest }) => digest) : []);
  const lost = entry.digests.filter((digest) => !listed.has(digest));
  if (lost.length === 0) return [];
  const add = await Promise.all(lost.map((digest) => describe(store, digest, entry, signal)));
  await fallbackWriterOf(store).update(entry.subject, { add, remove: [] }, { warn, signal, settleMs });
  warn({
    code: 'fallback-entry-restored',
    message: `another writer overwrote the list of referrers of ${entry.subject} in ${store.name}; ${lost.join(', ')} listed again`,
    subject: entry.subject,
  });
  return lost;
}

/** The entry as it has to be, from the manifest's own bytes. */
async function describe(
  store: Store,
  digest: Digest,
  entry: HealEntry,
  signal: AbortSignal | undefined,
): Promise<Descriptor> {
  const fetched = await store.findManifest(digest, { signal });
  if (fetched === undefined || fetched.manifest.subject?.digest !== entry.subject) {
    throw new CodedError(
      'fallback-update-unconfirmed',
      `${store.name} lists ${digest} no longer for ${entry.subject}, and does not hold it either`,
      {
        hint: 'Something deleted what this job attached.',
      },
    );
  }
  return referrerDescriptorOf(fetched.manifest);
}
