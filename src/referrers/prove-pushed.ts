import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { READ_BACK_WAITS_MS } from './read-back.ts';

export interface ProveOptions {
  readonly store: Store;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Before each look, milliseconds; default those of the API's read-back. */
  readonly waits?: readonly number[];
}

/**
 * Reads manifests back that the registry said it took: their bytes, since a status and headers are claims. By tag schema
 * nothing else shows it: a list is taken whatever it names. A 404 is asked again, as some registries serve what they
 * took only moments later. Why which of them are not proved; never rejects.
 */
export async function provePushed(
  digests: readonly Digest[],
  options: ProveOptions,
): Promise<ReadonlyMap<Digest, CodedError>> {
  const errors = new Map<Digest, CodedError>();
  await Promise.all(
    digests.map(async (digest) => {
      const error = await proveOne(digest, options);
      if (error !== undefined) errors.set(digest, error);
    }),
  );
  return errors;
}

async function proveOne(
  digest: Digest,
  { store, signal, clock = SYSTEM_CLOCK, waits = READ_BACK_WAITS_MS }: ProveOptions,
) {
  try {
    for (const wait of waits) {
      if (wait > 0) await clock.pause(wait * (1 + clock.random() / 2), signal);
      if ((await store.findManifest(digest, { purpose: 'read-back', signal })) !== undefined) return undefined;
    }
  } catch (thrown) {
    return unread(store, digest, toCodedError(thrown));
  }
  return new CodedError(
    'readback-failed',
    `${store.name} answered that it took ${digest}, and now answers that it is not there`,
    {
      hint: 'Run the same attach again. If it stays so, the registry does not keep what it takes; `repair` takes an entry that leads nowhere out of the list.',
    },
  );
}

function unread(store: Store, digest: Digest, cause: CodedError): CodedError {
  return new CodedError(cause.code, `${store.name} took ${digest}, which could not be read back: ${cause.message}`, {
    cause,
    hint: cause.hint ?? 'Run the same attach again: it does only what is missing.',
  });
}
