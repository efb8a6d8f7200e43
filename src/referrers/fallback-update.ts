import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.ts';
import { OCI_INDEX } from '../oci/media-types.ts';
import { buildReferrersTag } from '../oci/referrers-tag.ts';
import type { Store } from '../store/store.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { findDangling } from './dangling-entries.ts';
import { FallbackCondition, type Precondition } from './fallback-condition.ts';
import { mediaTypeOf, type RawEntry, rawEntriesOf, rawEntryOf } from './fallback-edit.ts';
import {
  conditionRefused,
  fallbackName,
  fallbackTooLarge,
  fallbackUnconfirmed,
  mayPass,
  refuseReserved,
} from './fallback-errors.ts';
import { type FallbackGap, FallbackGoal, needsWrite } from './fallback-goal.ts';
import { CalmWatch } from './fallback-settle.ts';
import { droppedWarning, restoredWarning, slowWriteWarning } from './fallback-warnings.ts';
import { OthersWatch } from './others-watch.ts';
import {
  type FallbackIndex,
  type FallbackReading,
  readFallbackIndex,
  readForUpdate,
  stateOf,
} from './read-fallback-index.ts';
import { ReadingAge } from './reading-age.ts';
import { watchWhile } from './watch-while.ts';
import { WriteBounds } from './write-bounds.ts';

/** What is to change in the list of one subject. */
export interface FallbackChange {
  readonly add: readonly Descriptor[];
  readonly remove: readonly Digest[];
  /** To be listed once and exactly so, in place of whatever the list says of these digests. */
  readonly correct?: readonly Descriptor[] | undefined;
  /** To be taken out, since the registry does not hold their manifests: whose manifest is there after all stays. */
  readonly removeAbsent?: readonly Digest[] | undefined;
}

export interface FallbackUpdateOptions {
  readonly warn: (warning: Warning) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of the least wait before the second look after a write, default 250; 0 for stores without rivals. */
  readonly settleMs?: number | undefined;
  /** A reading made just before. */
  readonly reading?: FallbackReading | undefined;
  /** Older readings: what they list of others is not given up because the list lacks it now. */
  readonly earlier?: readonly FallbackIndex[] | undefined;
  /** An entry of `removeAbsent` stayed. */
  readonly onReturned?: ((digest: Digest) => void) | undefined;
  /** The first look after a write is on its way: what else is to be read back may go with it. Called again with each look. */
  readonly onLook?: (() => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** Failures that a retry may mend, in a row. */
const MAX_FAILURES = 6;
/** Readings in a row that show the list as it was before our write, before that is taken for another writer's work. */
const MAX_STALE_READS = 5;

/** One update of one list, from the first read to the last look. */
export class FallbackUpdate {
  readonly #store: Store;
  readonly #subject: Digest;
  readonly #name: string;
  readonly #options: FallbackUpdateOptions;
  readonly #clock: Clock;
  readonly #goal: FallbackGoal;
  readonly #calm: CalmWatch;
  readonly #condition = new FallbackCondition();
  readonly #age = new ReadingAge();
  readonly #others = new OthersWatch();
  readonly #bounds = new WriteBounds();
  readonly #restored = new Set<Digest>();
  /** Of those that are to go since they are not there: looked for once more, since the last write. */
  readonly #lookedFor = new Set<Digest>();
  /** A write was sent: even one that failed may have been taken. */
  #attempted = false;
  #failures = 0;
  #staleReads = 0;
  /** What the last write was made from. */
  #base: FallbackIndex | undefined;
  #last: FallbackIndex | undefined;

  constructor(store: Store, subject: Digest, change: FallbackChange, options: FallbackUpdateOptions) {
    this.#store = store;
    this.#subject = subject;
    this.#name = fallbackName(store, subject);
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    const correct = (change.correct ?? []).map(rawEntryOf);
    this.#goal = new FallbackGoal(change.add.map(rawEntryOf), change.remove, correct, change.removeAbsent);
    for (const fallback of options.earlier ?? []) this.#goal.compare(fallback);
    this.#calm = new CalmWatch({ clock: this.#clock, leastMs: options.settleMs, signal: options.signal });
  }

  async run(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    try {
      await this.#untilSettled();
    } catch (thrown) {
      // once a write was sent, a failure leaves open what the list holds
      if (!this.#attempted || !(thrown instanceof CodedError) || !mayPass(thrown)) throw thrown;
      throw this.#unconfirmed(thrown.message, thrown);
    } finally {
      this.#warnOfRivals();
    }
  }

  async #untilSettled(): Promise<void> {
    let reading = await this.#firstReading();
    this.#last = reading.fallback;
    for (let mayWrite = true; ; ) {
      const gap = this.#goal.compare(reading.fallback);
      if (gap === undefined) {
        if (!this.#attempted || (await this.#calm.isCalm(reading.fallback))) return;
        mayWrite = false;
      } else if (mayWrite && needsWrite(gap) && !this.#mustPrepare(gap)) {
        mayWrite = !(await this.#write(reading, gap));
        this.#lookedFor.clear();
      } else {
        mayWrite = await this.#prepareRewrite(reading.fallback, gap);
      }
      const look = this.#readAgain();
      if (this.#bounds.taken > 0) this.#options.onLook?.();
      reading = await look;
    }
  }

  /**
   * What an older reading listed is accounted for before the first list without it is written. And that a manifest is
   * not there was found out long ago, perhaps: who pushed it since, and found it listed, did not write the list.
   */
  #mustPrepare({ unexplained, unwanted }: FallbackGap): boolean {
    if (!this.#attempted && unexplained.length > 0) return true;
    return unwanted.some((digest) => this.#goal.isTakenForAbsent(digest) && !this.#lookedFor.has(digest));
  }

  /**
   * After a write, what is lacking is not written at once: rivals who collided would go on in step, and what this
   * costs would make the time between reading and writing longer. So: find out what is needed, wait for a random
   * moment, read afresh, then write. False: what was read may be what the list was before our write.
   */
  async #prepareRewrite(fallback: FallbackIndex, gap: FallbackGap): Promise<boolean> {
    const { unexplained, unwanted, missing, overwritten } = gap;
    const listed = fallback.state === 'list' ? rawEntriesOf(fallback.index.bytes) : [];
    const out = new Set(unwanted.filter((digest) => this.#goal.isTakenForAbsent(digest)));
    for (const digest of out) this.#lookedFor.add(digest);
    await Promise.all([
      ...unexplained.map(async (entry) => this.#goal.explain(entry.digest, await this.#stands(entry))),
      ...listed.filter(({ digest }) => out.has(digest)).map((entry) => this.#lookForReturned(entry)),
    ]);
    const isStale = this.#bounds.taken > 0 && stateOf(fallback) === stateOf(this.#base);
    this.#staleReads = isStale ? this.#staleReads + 1 : 0;
    // the very list that was there before: somebody undid what our write put back, or sent his own write once more
    const isUndone = this.#staleReads > MAX_STALE_READS && missing.length + unwanted.length + unexplained.length === 0;
    if (isUndone) for (const { digest } of overwritten) this.#goal.undone(digest);
    if (this.#attempted || unexplained.length > 0) await this.#calm.stepAside();
    return this.#staleReads === 0 || this.#staleReads > MAX_STALE_READS;
  }

  async #stands(entry: RawEntry): Promise<boolean> {
    const { signal } = this.#options;
    const options = { purpose: 'settle', mediaType: mediaTypeOf(entry), signal } as const;
    return (await this.#store.findManifest(entry.digest, options)) !== undefined;
  }

  /** Listed again after it was taken out: by a writer who never saw that, or because its manifest was pushed again. */
  async #lookForReturned(entry: RawEntry): Promise<void> {
    if (!(await this.#stands(entry))) return;
    this.#goal.returned(entry.digest);
    this.#options.onReturned?.(entry.digest);
  }

  /** False: the registry did not take it, and the next reading may be the base of another try. */
  async #write(reading: FallbackReading, gap: FallbackGap): Promise<boolean> {
    const { fallback } = reading;
    const bytes = this.#goal.close(fallback, gap);
    if (bytes.byteLength > MAX_MANIFEST_BYTES) throw fallbackTooLarge(this.#name, bytes.byteLength);
    const next = this.#bounds.next(this.#others.seen);
    if (next === 'look') return this.#lookOnly();
    if (next !== 'write') throw this.#unconfirmed(next.givenUp);
    const precondition = this.#condition.for(fallback);
    if (this.#age.mustRenew(reading, this.#clock.now())) return false;
    this.#attempted = true;
    this.#others.own(bytes);
    try {
      await this.#push(bytes, precondition);
    } catch (thrown) {
      await this.#afterFailure(toCodedError(thrown), fallback, bytes, precondition);
      return false;
    }
    this.#bounds.noteTaken();
    this.#failures = 0;
    this.#base = fallback;
    this.#goal.restored(gap.overwritten);
    for (const { digest } of gap.overwritten) this.#restored.add(digest);
    this.#calm.written(digestOf(bytes), reading.at);
    return true;
  }

  /** True, as after a write: what is read next may be old. */
  async #lookOnly(): Promise<true> {
    await this.#calm.stepAside();
    return true;
  }

  /**
   * While the registry takes its time with our write, others read, write and settle, and then ours falls on top of what
   * they wrote. They have stopped looking by then: so what they list meanwhile is noted, and put back afterwards.
   */
  async #push(bytes: Uint8Array, precondition: Precondition): Promise<void> {
    const { signal } = this.#options;
    const target = { tag: buildReferrersTag(this.#subject) };
    const condition = precondition === undefined ? {} : { precondition };
    const push = this.#store.pushManifest({ bytes, mediaType: OCI_INDEX, target, ...condition, signal });
    const note = async (): Promise<void> => {
      const purpose = 'settle';
      // what cannot be read now is found, or not, by the looks after the write
      const seen = await readFallbackIndex(this.#store, this.#subject, { purpose, signal }).catch(() => undefined);
      if (seen?.state !== 'list') return;
      this.#others.note(seen);
      this.#goal.compare(seen);
    };
    if (this.#options.settleMs !== 0) await watchWhile(push, note, this.#clock, signal);
    await push;
  }

  /** Mends, or gives up. Whatever it does, the next write begins from a fresh reading: a write is never repeated blindly. */
  async #afterFailure(
    error: CodedError,
    fallback: FallbackIndex,
    bytes: Uint8Array,
    precondition: Precondition,
  ): Promise<void> {
    const { signal } = this.#options;
    if (signal?.aborted === true) throw error;
    if (error.code === 'precondition-failed') {
      if (precondition === undefined) throw conditionRefused(this.#name, error);
      this.#bounds.noteConflict();
      this.#condition.refused(fallback);
      await this.#calm.stepAside();
      return;
    }
    if (error.code === 'manifest-blob-unknown' && fallback.state === 'list') {
      const dangling = await findDangling(this.#store, rawEntriesOf(fallback.index.bytes), error, signal);
      if (dangling.length === 0) throw error;
      for (const digest of dangling) this.#drop(digest);
      return;
    }
    if (error.code === 'manifest-too-large') throw fallbackTooLarge(this.#name, bytes.byteLength, error);
    if (!mayPass(error) || this.#failures >= MAX_FAILURES) throw error;
    await this.#calm.afterFailure(this.#failures++);
  }

  #drop(digest: Digest): void {
    this.#goal.drop(digest);
    this.#options.warn(droppedWarning(this.#name, digest));
  }

  async #firstReading(): Promise<FallbackReading> {
    const { reading: given, signal } = this.#options;
    const now = (): number => this.#clock.now();
    if (given !== undefined) this.#age.note(given);
    const isUsable = given !== undefined && !this.#age.mustRenew(given, now());
    const reading = isUsable ? given : await readForUpdate(this.#store, this.#subject, { signal, now });
    if (!isUsable) this.#age.note(reading);
    refuseReserved(reading.fallback, this.#name);
    this.#others.first(reading.fallback);
    return reading;
  }

  async #readAgain(): Promise<FallbackReading> {
    let asked = this.#clock.now();
    let fallback = await this.#read();
    // after a write, or with entries seen, an absent list is a stale answer more likely than the truth
    if (fallback.state === 'absent') {
      asked = this.#clock.now();
      fallback = await this.#read();
    }
    this.#last = fallback;
    this.#condition.seen(fallback);
    this.#others.note(fallback);
    const reading = { fallback, asked, at: this.#clock.now() };
    this.#age.note(reading);
    return reading;
  }

  async #read(): Promise<FallbackIndex> {
    const { signal } = this.#options;
    const fallback = await readFallbackIndex(this.#store, this.#subject, { purpose: 'settle', signal });
    refuseReserved(fallback, this.#name);
    return fallback;
  }

  #unconfirmed(why: string, cause?: unknown): CodedError {
    return fallbackUnconfirmed(this.#name, why, { wanted: this.#goal.wanted, last: this.#last }, cause);
  }

  /** Once a run, however often it happened. */
  #warnOfRivals(): void {
    const { warn } = this.#options;
    const slow = this.#calm.slowWrite;
    if (this.#restored.size > 0) warn(restoredWarning(this.#name, this.#subject, this.#restored.size));
    if (slow !== undefined) warn(slowWriteWarning(this.#name, this.#subject, slow));
  }
}
