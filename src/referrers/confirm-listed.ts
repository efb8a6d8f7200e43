import type { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import type { AttachedVia } from './attach-outcome.ts';
import { CapabilityLearner, type CapabilityMemory } from './capability.ts';
import type { Clock } from './clock.ts';
import type { FallbackWriter } from './fallback-writer.ts';
import { apiRequired } from './look-up.ts';
import { provePushed } from './prove-pushed.ts';
import type { PushedArtifact } from './pushed-artifact.ts';
import { readBack } from './read-back.ts';
import { type FallbackReading, readForUpdate } from './read-fallback-index.ts';
import type { DistributionSpec } from './types.ts';

/** How the referrers are listed, and those whose own bytes could not be read back, each with the reason. */
export interface Confirmed {
  readonly via: AttachedVia;
  readonly unproved: ReadonlyMap<Digest, CodedError>;
}

export const NONE_UNPROVED: Confirmed['unproved'] = new Map();

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
): Promise<Confirmed> {
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
  if (answer.supported) return { via: 'api', unproved: NONE_UNPROVED };
  if (distributionSpec === 'v1.1-referrers-api') throw apiRequired(store, answer.reason);
  return listByTag(subject, pushed, { ...options, reading });
}

function read(subject: Digest, options: ConfirmOptions): Promise<FallbackReading> {
  return readForUpdate(options.store, subject, { absentBefore: options.fallbackAbsent, signal: options.signal });
}

/** The list is seen to name what was pushed; and what it names is read back with the first look at it, in the same round. */
async function listByTag(
  subject: Digest,
  pushed: readonly PushedArtifact[],
  options: ConfirmOptions,
): Promise<Confirmed> {
  const { store, warn, settleMs, clock } = options;
  const reading = await options.reading?.catch(() => undefined); // the writer reads for itself, then
  const change = { add: pushed.map(({ bound }) => bound.descriptor), remove: options.remove };
  const unread = pushed.filter(({ wasRead }) => wasRead !== true).map(({ bound }) => bound.digest);
  const over = new AbortController();
  const signal = options.signal === undefined ? over.signal : AbortSignal.any([over.signal, options.signal]);
  let proof: Promise<Confirmed['unproved']> | undefined;
  const prove = (): Promise<Confirmed['unproved']> => (proof ??= provePushed(unread, { store, signal, clock }));
  try {
    await options.writer.update(subject, change, {
      warn,
      settleMs,
      clock,
      reading,
      signal: options.signal,
      onLook: () => void prove(),
    });
  } catch (thrown) {
    over.abort();
    await proof;
    throw thrown;
  }
  return { via: 'tag-schema', unproved: await prove() };
}
