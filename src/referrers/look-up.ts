import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import type { CapabilityMemory } from './capability.ts';
import { type FallbackIndex, readFallbackIndex } from './read-fallback-index.ts';
import type { DistributionSpec } from './types.ts';

/** What is listed for a subject before anything is written. */
export interface LookUp {
  readonly capability: 'api' | 'tag-schema';
  /** Hints: descriptors as listed, by digest. */
  readonly listed: ReadonlyMap<Digest, Descriptor>;
  /** The list at the fallback tag did not exist at this moment. */
  readonly fallbackAbsent: boolean;
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
    return fromFallback(await readFallbackIndex(store, subject, { purpose: 'look-up', signal }));
  }
  const mayFallBack = distributionSpec === 'auto' && known === undefined;
  const fallback = mayFallBack ? readFallbackIndex(store, subject, { purpose: 'look-up', signal }) : undefined;
  fallback?.catch(() => undefined); // it matters only where there is no API, and is awaited there
  const answer = await store.listReferrers(subject, { purpose: 'look-up', signal });
  if (answer.supported) {
    capabilities.set(store.name, { capability: 'api', reason: 'the referrers API answered with a list' });
    return { capability: 'api', listed: byDigest(answer.descriptors), fallbackAbsent: false };
  }
  if (distributionSpec === 'v1.1-referrers-api') throw apiRequired(store, answer.reason);
  capabilities.set(store.name, { capability: 'tag-schema', reason: answer.reason });
  return fromFallback(await (fallback ?? readFallbackIndex(store, subject, { purpose: 'look-up', signal })));
}

export function apiRequired(store: Store, reason: string): CodedError {
  return new CodedError('referrers-api-required', `${store.name} has no referrers API (${reason})`, {
    hint: '`distribution-spec: v1.1-referrers-api` forbids the fallback tag. Use `auto` to allow it.',
  });
}

function fromFallback(fallback: FallbackIndex): LookUp {
  const listed = fallback.state === 'list' ? byDigest(fallback.index.manifests) : new Map<Digest, Descriptor>();
  return { capability: 'tag-schema', listed, fallbackAbsent: fallback.state === 'absent' };
}

function byDigest(descriptors: readonly Descriptor[]): ReadonlyMap<Digest, Descriptor> {
  return new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor]));
}
