import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import type { ReferrersAnswer, Store } from '../store/store.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';

/** Waits between looks, in milliseconds: some registries list a referrer seconds after they took it. */
export const READ_BACK_WAITS_MS = [0, 200, 400, 800, 1600, 3200, 4800];

/**
 * Asks the API until it lists every digest, and gives its last answer: a list that has them, or the definite word that
 * there is no API. Throws `readback-failed` when it has the API and does not list them in
 * time: then nobody would find them.
 */
export async function readBack(
  store: Store,
  subject: Digest,
  digests: readonly Digest[],
  { signal, clock = SYSTEM_CLOCK }: { readonly signal?: AbortSignal | undefined; readonly clock?: Clock | undefined },
): Promise<ReferrersAnswer> {
  let missing: readonly Digest[] = digests;
  for (const wait of READ_BACK_WAITS_MS) {
    if (wait > 0) await clock.pause(wait * (1 + clock.random() / 2), signal);
    const answer = await store.listReferrers(subject, {
      purpose: 'read-back',
      signal,
      enough: (descriptors) => absent(digests, descriptors).length === 0,
    });
    if (!answer.supported) return answer;
    missing = absent(digests, answer.descriptors);
    if (missing.length === 0) return answer;
  }
  throw new CodedError(
    'readback-failed',
    `${store.name} took ${missing.join(', ')}, but its referrers API does not list ${missing.length === 1 ? 'it' : 'them'} for ${subject}`,
    {
      hint: 'Run the same attach again later; if it stays so, the registry does not keep its word (OCI-Subject).',
    },
  );
}

function absent(digests: readonly Digest[], descriptors: readonly { readonly digest: Digest }[]): Digest[] {
  const there = new Set(descriptors.map((descriptor) => descriptor.digest));
  return digests.filter((digest) => !there.has(digest));
}
