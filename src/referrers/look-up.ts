import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import { CapabilityLearner, type CapabilityMemory } from './capability.ts';
import { fallbackName, refuseReserved } from './fallback-errors.ts';
import { type FallbackIndex, readFallbackIndex } from './read-fallback-index.ts';
import type { DistributionSpec } from './types.ts';

/** What is listed for a subject before anything is written. */
export interface LookUp {
  readonly capability: 'api' | 'tag-schema';
  /** Hints: descriptors as listed, by digest. */
  readonly listed: ReadonlyMap<Digest, Descriptor>;
  /** The list at the fallback tag did not exist at this moment. */
  readonly fallbackAbsent: boolean;
  /** The list itself, where the registry has no API. */
  readonly fallback?: FallbackIndex;
}

export interface LookUpOptions {
  readonly store: Store;
  readonly distributionSpec: DistributionSpec;
  readonly capabilities: CapabilityMemory;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks how the registry keeps referrers and what is there, in one round. A failure is a failure: a write that rests on
 * "none" would double what exists.
 */
export async function lookUpReferrers(subject: Digest, options: LookUpOptions): Promise<LookUp> {
  const { store, capabilities, signal, distributionSpec } = options;
  const known = capabilities.get(store.name)?.capability;
  if (distributionSpec === 'v1.1-referrers-tag' || (distributionSpec === 'auto' && known === 'tag-schema')) {
    return fromFallback(
      await readFallbackIndex(store, subject, { purpose: 'look-up', signal }),
      fallbackName(store, subject),
    );
  }
  const mayFallBack = distributionSpec === 'auto' && known === undefined;
  const fallback = mayFallBack ? readFallbackIndex(store, subject, { purpose: 'look-up', signal }) : undefined;
  fallback?.catch(() => undefined); // it matters only where there is no API, and is awaited there
  const answer = await store.listReferrers(subject, { purpose: 'look-up', signal });
  new CapabilityLearner(capabilities, store.name).learn(answer);
  if (answer.supported) return { capability: 'api', listed: byDigest(answer.descriptors), fallbackAbsent: false };
  if (distributionSpec === 'v1.1-referrers-api') throw apiRequired(store, answer.reason);
  const read = await (fallback ?? readFallbackIndex(store, subject, { purpose: 'look-up', signal }));
  return fromFallback(read, fallbackName(store, subject));
}

export function apiRequired(store: Store, reason: string): CodedError {
  return new CodedError('referrers-api-required', `${store.name} has no referrers API (${reason})`, {
    hint: '`distribution-spec: v1.1-referrers-api` forbids the fallback tag. Use `auto` to allow it.',
  });
}

/** Where no list can be kept, that is better known before anything is pushed. */
function fromFallback(fallback: FallbackIndex, name: string): LookUp {
  refuseReserved(fallback, name);
  const listed = fallback.state === 'list' ? byDigest(fallback.index.manifests) : new Map<Digest, Descriptor>();
  return { capability: 'tag-schema', listed, fallbackAbsent: fallback.state === 'absent', fallback };
}

function byDigest(descriptors: readonly Descriptor[]): ReadonlyMap<Digest, Descriptor> {
  return new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor]));
}
