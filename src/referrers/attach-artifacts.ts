import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Digest } from '../oci/digest.ts';
import { type Artifact, type BoundArtifact, bindArtifact } from './artifact.ts';
import { ArtifactPusher, type PushWay } from './artifact-pusher.ts';
import { dryOutcome, failedOutcome, outcomeOf, type Plan } from './attach-outcome.ts';
import { planTarget, victimsOf } from './attach-planner.ts';
import type { AttachOutcome, AttachSettings, AttachTarget } from './attach-types.ts';
import { type CapabilityMemory, createCapabilityMemory } from './capability.ts';
import { type Confirmed, confirmListed, NONE_UNPROVED } from './confirm-listed.ts';
import { type FallbackWriter, fallbackWriterOf } from './fallback-writer.ts';
import { FirstAsks } from './first-asks.ts';
import { type LookUp, lookUpReferrers } from './look-up.ts';
import {
  isPushed,
  type Performed,
  type PushedArtifact,
  proveEach,
  seeWhatStands,
  withoutUnproved,
} from './pushed-artifact.ts';
import { type FallbackReading, readForUpdate } from './read-fallback-index.ts';
import { warnOfContest } from './replace-contest.ts';
import type { DistributionSpec } from './types.ts';

export interface AttachRequest extends AttachSettings {
  /** May still be on its way (the subject is being read); with `add` uploads are prepared meanwhile, and cancelled if it fails. */
  readonly targets: readonly AttachTarget[] | Promise<readonly AttachTarget[]>;
  /** Artifacts that are certain to be among those of the targets. */
  readonly early?: readonly Artifact[] | undefined;
  /** A subject that is known before it is read: the look-up goes out with the reading. */
  readonly earlySubject?: Digest | undefined;
  /** Asked once the targets are there. True: the registry did not show the subject at first; what it said of it then is asked again. */
  readonly isSubjectLate?: (() => boolean) | undefined;
}

/**
 * Attaches artifacts to subjects of one repository. What fails, fails for itself: every artifact has an outcome. The
 * promise rejects only when the targets cannot be had.
 */
export async function attachArtifacts(request: AttachRequest): Promise<AttachOutcome[]> {
  const run = new AttachRun(request);
  try {
    return await run.attachAll(request);
  } finally {
    await run.end();
  }
}

class AttachRun {
  readonly #settings: AttachSettings;
  readonly #spec: DistributionSpec;
  readonly #capabilities: CapabilityMemory;
  readonly #pusher: ArtifactPusher;
  readonly #writer: FallbackWriter;
  readonly #settleMs: number | undefined;
  readonly #warn: (warning: Warning) => void;
  readonly #firstAsks = new FirstAsks();
  readonly #lookUps = new Map<Digest, Promise<LookUp>>();

  constructor(settings: AttachSettings) {
    this.#settings = settings;
    this.#spec = settings.distributionSpec ?? 'auto';
    this.#capabilities = settings.capabilities ?? createCapabilityMemory();
    this.#warn = (warning) => settings.onWarning?.(warning);
    this.#pusher = new ArtifactPusher(settings);
    this.#writer = fallbackWriterOf(settings.store);
    this.#settleMs = settings.store.kind === 'layout' ? 0 : settings.settleMs;
  }

  async attachAll(request: AttachRequest): Promise<AttachOutcome[]> {
    // not where a look decides whether anything is written: a run that finds everything there has no use for writing
    if (!this.#looksFirst) this.#pusher.prepare(request.early ?? []);
    else if (request.earlySubject !== undefined) this.#lookUp(request.earlySubject).catch(() => undefined);
    const targets = await request.targets;
    if (request.isSubjectLate?.() === true) this.#lookUps.clear();
    const outcomes = await Promise.all(targets.map((target) => this.#attachTo(target)));
    return outcomes.flat();
  }

  end(): Promise<void> {
    return this.#pusher.end();
  }

  /** With `add` and no word on the API nothing need be known beforehand. */
  get #looksFirst(): boolean {
    return this.#settings.ifExists !== 'add' || this.#settings.dryRun === true || this.#spec === 'v1.1-referrers-api';
  }

  /** Known before anything is asked. */
  get #isKnownByTag(): boolean {
    if (this.#spec !== 'auto') return this.#spec === 'v1.1-referrers-tag';
    return this.#capabilities.get(this.#settings.store.name)?.capability === 'tag-schema';
  }

  async #attachTo(target: AttachTarget): Promise<AttachOutcome[]> {
    const bound = target.artifacts.map((artifact) => bindArtifact(artifact, target.subject));
    let lookUp: LookUp | undefined;
    let plans: readonly (Plan | CodedError)[];
    try {
      lookUp = this.#looksFirst ? await this.#lookUp(target.subject.digest) : undefined;
      const { store, signal, ifExists = 'skip' } = this.#settings;
      plans = await planTarget(bound, lookUp, { store, ifExists, signal });
    } catch (thrown) {
      return bound.map((one) => failedOutcome(target, one, toCodedError(thrown)));
    }
    if (this.#settings.dryRun === true)
      return bound.map((one, i) => dryOutcome({ target, bound: one, plan: plans[i], via: lookUp?.capability }));
    return this.#carryOut(target, bound, plans, lookUp);
  }

  #lookUp(subject: Digest): Promise<LookUp> {
    let lookUp = this.#lookUps.get(subject);
    if (lookUp === undefined) {
      const { store, signal } = this.#settings;
      lookUp = lookUpReferrers(subject, {
        store,
        signal,
        distributionSpec: this.#spec,
        capabilities: this.#capabilities,
      });
      this.#lookUps.set(subject, lookUp);
    }
    return lookUp;
  }

  async #carryOut(
    target: AttachTarget,
    bound: readonly BoundArtifact[],
    plans: readonly (Plan | CodedError)[],
    lookUp: LookUp | undefined,
  ): Promise<AttachOutcome[]> {
    const subject = target.subject.digest;
    let reading: Promise<FallbackReading> | undefined;
    let uploading = plans.filter((plan) => !(plan instanceof CodedError) && plan.act === 'push').length;
    const onUploaded = (): void => {
      if (--uploading === 0) reading = this.#readAhead(subject, lookUp);
    };
    const byTag = lookUp?.capability === 'tag-schema' || this.#isKnownByTag;
    const performed = await Promise.all(plans.map((plan) => this.#perform(plan, { subject, byTag, onUploaded })));
    // by tag older editions go in the write that lists the new ones: so these are proved before it
    const replaces = byTag && plans.some((plan) => !(plan instanceof CodedError) && plan.victims.length > 0);
    const results = replaces ? await proveEach(performed, this.#settings) : performed;
    const pushed = results.filter(isPushed);
    const victims = victimsOf(plans, (_, i) => !(results[i] instanceof CodedError));
    let confirmed: Confirmed | CodedError = { via: lookUp?.capability ?? 'api', unproved: NONE_UNPROVED };
    if (pushed.length > 0 || victims.length > 0) {
      confirmed = await this.#confirm(subject, pushed, victims, lookUp, reading).catch(toCodedError);
    }
    const via = confirmed instanceof CodedError ? confirmed : confirmed.via;
    const proved =
      confirmed instanceof CodedError
        ? await seeWhatStands(results, confirmed, this.#settings)
        : withoutUnproved(results, confirmed.unproved);
    // only now that the new ones stand and are listed
    const undeleted = via === 'api' ? await this.#deleteAll(victims) : new Map<Digest, CodedError>();
    if (lookUp !== undefined && !(via instanceof CodedError)) await this.#lookForRivals(subject, pushed, via, lookUp);
    return bound.map((one, i) => outcomeOf({ target, bound: one, plan: plans[i], result: proved[i], via, undeleted }));
  }

  async #lookForRivals(
    subject: Digest,
    pushed: readonly PushedArtifact[],
    via: Confirmed['via'],
    lookUp: LookUp,
  ): Promise<void> {
    const { store, signal, ifExists } = this.#settings;
    if (ifExists !== 'replace') return;
    const ours = pushed.map(({ bound }) => bound);
    await warnOfContest({ store, subject, via, ours, before: lookUp.listed, warn: this.#warn, signal });
  }

  async #perform(plan: Plan | CodedError, way: PushWay): Promise<Performed> {
    if (plan instanceof CodedError) return plan;
    switch (plan.act) {
      case 'nothing':
        return undefined;
      case 'push':
        return this.#pusher.push(plan, way).catch(toCodedError);
    }
  }

  /** Where the registry is known to keep lists by tag, the list is read while the manifests go out. */
  #readAhead(subject: Digest, lookUp: LookUp | undefined): Promise<FallbackReading> | undefined {
    return this.#isKnownByTag ? this.#read(subject, lookUp) : undefined;
  }

  #read(subject: Digest, lookUp: LookUp | undefined): Promise<FallbackReading> {
    const { store, signal } = this.#settings;
    const reading = readForUpdate(store, subject, { absentBefore: lookUp?.fallbackAbsent === true, signal });
    reading.catch(() => undefined); // awaited where the list is written
    return reading;
  }

  async #confirm(
    subject: Digest,
    pushed: readonly PushedArtifact[],
    victims: readonly Digest[],
    lookUp: LookUp | undefined,
    reading: Promise<FallbackReading> | undefined,
  ): Promise<Confirmed> {
    const { store, signal, clock } = this.#settings;
    if (pushed.length > 0) {
      const isPromised = pushed.every(({ ociSubject }) => ociSubject === subject);
      const isKnown = this.#spec !== 'auto' || this.#capabilities.get(store.name) !== undefined;
      const asks = !isPromised && !isKnown;
      const ahead = reading ?? (asks ? this.#read(subject, lookUp) : undefined); // the tag is the likely place
      const confirm = (capabilities: CapabilityMemory): Promise<Confirmed> =>
        confirmListed(subject, pushed, {
          store,
          signal,
          clock,
          reading: ahead,
          distributionSpec: this.#spec,
          capabilities,
          writer: this.#writer,
          settleMs: this.#settleMs,
          remove: victims,
          fallbackAbsent: lookUp?.fallbackAbsent === true,
          warn: this.#warn,
        });
      // asked only now that something refers to the subject: some registries know of no other
      return asks ? this.#firstAsks.run(this.#capabilities, confirm) : confirm(this.#capabilities);
    }
    const via = lookUp?.capability ?? 'api';
    if (via === 'tag-schema') {
      const settleMs = this.#settleMs;
      await this.#writer.update(subject, { add: [], remove: victims }, { warn: this.#warn, signal, clock, settleMs });
    }
    return { via, unproved: NONE_UNPROVED };
  }

  /** The older editions that `replace` supersedes. Which of them the registry would not delete, and why. */
  async #deleteAll(victims: readonly Digest[]): Promise<ReadonlyMap<Digest, CodedError>> {
    const refused = new Map<Digest, CodedError>();
    // one after the other: an end of the run stops those that have not begun
    for (const victim of victims) {
      try {
        this.#settings.signal?.throwIfAborted();
        await this.#settings.store.deleteManifest(victim);
      } catch (thrown) {
        refused.set(victim, toCodedError(thrown));
      }
    }
    return refused;
  }
}
