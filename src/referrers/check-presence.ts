import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { Manifest } from '../oci/manifest.ts';
import type { FetchedManifest } from '../store/store.ts';
import type { ListSettings } from './list-settings.ts';

/** What the registry said of one platform: its manifest, that there is none, or an error. */
export type Found = FetchedManifest | 'missing' | CodedError;

/** What the registry said of each platform that an index names. */
export type Presence = ReadonlyMap<Digest, Found>;

export type PresenceSettings = Pick<ListSettings, 'store' | 'signal' | 'warn'>;

/** A sparse index may name platforms that the registry lacks (distribution-spec 1.1 "Pushing Manifests"): look. */
export async function checkPresence(platforms: ReadonlySet<Digest>, settings: PresenceSettings): Promise<Presence> {
  const found = [...platforms].map(
    async (digest): Promise<[Digest, Found]> => [digest, await look(digest, settings, problemOfPlatform)],
  );
  return new Map(await Promise.all(found));
}

/** An index inside the image's own; another manifest where the entry has called it an index. */
export function lookAtIndex(digest: Digest, settings: PresenceSettings): Promise<Found> {
  return look(digest, settings, problemOfIndex);
}

/** Clients that go by the answer's type find platforms in it, clients that go by the entry find none. */
function problemOfPlatform(manifest: Manifest): string | undefined {
  return manifest.kind === 'index' ? 'it is an index, and the index that names it calls it something else' : undefined;
}

function problemOfIndex(manifest: Manifest): string | undefined {
  return manifest.kind === 'index' ? manifest.suspects[0]?.problem : undefined;
}

async function look(
  digest: Digest,
  { store, signal, warn }: PresenceSettings,
  problemOf: (manifest: Manifest) => string | undefined,
): Promise<Found> {
  try {
    const fetched = await store.findManifest(digest, { purpose: 'proof', signal });
    if (fetched !== undefined) {
      const problem = problemOf(fetched.manifest);
      if (problem === undefined) return fetched;
      throw new CodedError('manifest-invalid', `${store.name}@${digest}: ${problem}`);
    }
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
