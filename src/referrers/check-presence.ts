import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { FetchedManifest } from '../store/store.ts';
import type { ListSettings } from './list-settings.ts';

/** What the registry said of one platform: its manifest, that there is none, or an error. */
type Found = FetchedManifest | 'missing' | CodedError;

/** What the registry said of each platform that an index names. */
export type Presence = ReadonlyMap<Digest, Found>;

/** A sparse index may name platforms that the registry lacks (distribution-spec 1.1 "Pushing Manifests"): look. */
export async function checkPresence(
  platforms: ReadonlySet<Digest>,
  settings: Pick<ListSettings, 'store' | 'signal' | 'warn'>,
): Promise<Presence> {
  const found = [...platforms].map(async (digest): Promise<[Digest, Found]> => [digest, await look(digest, settings)]);
  return new Map(await Promise.all(found));
}

async function look(
  digest: Digest,
  { store, signal, warn }: Pick<ListSettings, 'store' | 'signal' | 'warn'>,
): Promise<Found> {
  try {
    const fetched = await store.findManifest(digest, { purpose: 'proof', signal });
    if (fetched !== undefined) return fetched;
    warn({
      code: 'platform-missing',
      message: `the index names ${digest}, which ${store.name} does not hold (a sparse index)`,
      subject: digest,
    });
    return 'missing';
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof CodedError)) throw thrown;
    warn({
      code: 'platform-unread',
      message: `platform ${digest} could not be read: ${thrown.message}`,
      subject: digest,
    });
    return thrown;
  }
}
