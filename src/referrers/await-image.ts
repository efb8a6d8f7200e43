import { CodedError, hasCode } from '../errors/coded-error.ts';
import type { FetchedManifest, ManifestTarget, Store } from '../store/store.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { fetchImage } from './resolve-subject.ts';

/** Waits before a digest that is absent is asked for again, in milliseconds: 3.75 s in all. */
export const IMAGE_WAITS_MS = [250, 500, 1000, 2000];

export interface AwaitImageOptions {
  /** Default the system's. */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called before the first wait, once: what was learned of the image so far is the word of a registry that lacked it. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * `fetchImage` for those who pushed the image just before: some registries show what they took only moments later
 * (MANIFEST_UNKNOWN for the digest that the push returned). So a digest that is absent is asked for again, as often as
 * the store's `retries` allow. A tag that is absent is an answer, and so is a repository that nobody knows.
 */
export async function awaitImage(
  store: Store,
  target: ManifestTarget,
  { clock = SYSTEM_CLOCK, signal, onWait }: AwaitImageOptions = {},
): Promise<FetchedManifest> {
  const mayAppear = store.kind === 'registry' && typeof target === 'string';
  const waits = mayAppear ? IMAGE_WAITS_MS.slice(0, store.retries) : [];
  const began = clock.now();
  for (const [i, wait] of waits.entries()) {
    const image = await fetchImage(store, target, { signal }).catch(unlessAbsent);
    if (image !== undefined) return image;
    if (i === 0) onWait?.();
    await clock.pause(wait, signal);
  }
  try {
    return await fetchImage(store, target, { signal });
  } catch (thrown) {
    if (waits.length === 0 || !hasCode(thrown, 'manifest-unknown')) throw thrown;
    throw stayedAbsent(thrown, 1 + waits.length, clock.now() - began);
  }
}

function unlessAbsent(thrown: unknown): undefined {
  if (!hasCode(thrown, 'manifest-unknown')) throw thrown;
}

function stayedAbsent(absent: CodedError, times: number, milliseconds: number): CodedError {
  const seconds = (milliseconds / 1000).toFixed(1);
  return new CodedError(absent.code, `${absent.message} (asked ${times} times in ${seconds} s)`, {
    cause: absent,
    hint: 'Check the digest, and that it was pushed to this repository. A registry that takes longer to show what it took has it later: run the same attach again. On a private repository a 404 may also mean that these credentials may not see it.',
  });
}
