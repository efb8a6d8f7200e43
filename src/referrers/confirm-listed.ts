import type { Warning } from '../errors/warning.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import type { BoundArtifact } from './artifact.ts';
import { CapabilityLearner, type CapabilityMemory } from './capability.ts';
import type { Clock } from './clock.ts';
import type { FallbackWriter } from './fallback-writer.ts';
import { apiRequired } from './look-up.ts';
import { readBack } from './read-back.ts';
import { type FallbackReading, readForUpdate } from './read-fallback-index.ts';
import type { DistributionSpec } from './types.ts';

/** A manifest that the registry took, and what it said of its subject. */
export interface PushedArtifact {
  readonly bound: BoundArtifact;
  /** The `OCI-Subject` of the answer. undefined also for one that was there before. */
  readonly ociSubject: string | undefined;
}

export interface ConfirmOptions {
  readonly store: Store;
  readonly distributionSpec: DistributionSpec;
  readonly capabilities: CapabilityMemory;
  readonly writer: FallbackWriter;
  readonly settleMs: number | undefined;
  readonly clock: Clock | undefined;
  /** Digests whose list entries go, by tag schema, in the same write. */
  readonly remove: readonly Digest[];
  /** A look-up found no fallback list for the subject: one 404 of the two that starting a new list needs. */
  readonly fallbackAbsent: boolean;
  /** A reading begun while the manifests were on their way. */
  readonly reading: Promise<FallbackReading> | undefined;
  readonly warn: (warning: Warning) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sees to it that what was pushed for one subject is listed, and reads it back before that is said
 * (distribution-spec 1.1 "Pushing Manifests with Subject"). `OCI-Subject` is believed only if it names the subject and
 * the API then lists it; where it is absent the API is asked; the fallback list is written only on its definite absence.
 */
export async function confirmListed(
  subject: Digest,
  pushed: readonly PushedArtifact[],
  options: ConfirmOptions,
): Promise<'api' | 'tag-schema'> {
  const { store, distributionSpec, capabilities } = options;
  if (distributionSpec === 'v1.1-referrers-tag') return listByTag(subject, pushed, options);
  const digests = pushed.map(({ bound }) => bound.digest);
  const promised = pushed.every(({ ociSubject }) => ociSubject === subject);
  if (!promised && distributionSpec === 'auto' && capabilities.get(store.name)?.capability === 'tag-schema') {
    return listByTag(subject, pushed, options);
  }
  // without a promise the tag is the likely place: read it at the same time
  const reading = promised || distributionSpec !== 'auto' ? undefined : (options.reading ?? read(subject, options));
  reading?.catch(() => undefined);
  const answer = await readBack(store, subject, digests, options);
  new CapabilityLearner(capabilities, store.name).learn(answer);
  if (answer.supported) return 'api';
  if (distributionSpec === 'v1.1-referrers-api') throw apiRequired(store, answer.reason);
  return listByTag(subject, pushed, { ...options, reading });
}

function read(subject: Digest, options: ConfirmOptions): Promise<FallbackReading> {
  return readForUpdate(options.store, subject, { absentBefore: options.fallbackAbsent, signal: options.signal });
}

async function listByTag(
  subject: Digest,
  pushed: readonly PushedArtifact[],
  options: ConfirmOptions,
): Promise<'tag-schema'> {
  const { warn, signal, settleMs, clock } = options;
  const reading = await options.reading?.catch(() => undefined); // the writer reads for itself, then
  const change = { add: pushed.map(({ bound }) => bound.descriptor), remove: options.remove };
  await options.writer.update(subject, change, { warn, signal, settleMs, clock, reading });
  return 'tag-schema';
}
