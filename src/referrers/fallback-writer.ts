import { CodedError, hasCode, toCodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Purpose } from '../net/types.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.ts';
import { OCI_INDEX } from '../oci/media-types.ts';
import { buildReferrersTag } from '../oci/referrers-tag.ts';
import type { Store } from '../store/store.ts';
import { findDangling } from './dangling-entries.ts';
import {
  addEntries,
  buildFallbackIndex,
  type RawEntry,
  rawEntriesOf,
  rawEntryOf,
  removeEntries,
} from './fallback-edit.ts';
import { backoff, jittered, pause } from './pause.ts';
import { type FallbackIndex, type FallbackReading, readFallbackIndex, readForUpdate } from './read-fallback-index.ts';

/** What is to change in the list of one subject. */
export interface FallbackChange {
  readonly add: readonly Descriptor[];
  readonly remove: readonly Digest[];
}

export interface FallbackWriterOptions {
  readonly store: Store;
  readonly warn: (warning: Warning) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of the least wait before the second look after a write, default 250; 0 for stores without rivals. */
  readonly settleMs?: number | undefined;
}

const DEFAULT_SETTLE_MS = 250;
/** The longest wait for others to finish, however slow our own write was. */
const MAX_SETTLE_MS = 10_000;
/** A reading that is older than this is made again: what was written meanwhile would be lost. */
const STALE_AFTER_MS = 150;
/** Writes, whatever the reason for one more. */
const MAX_WRITES = 60;
/** Failures that a retry may mend, in a row. */
const MAX_FAILURES = 6;
const BACKOFF_BASE_MS = 200;
const BACKOFF_CAP_MS = 8000;

interface Job {
  readonly change: FallbackChange;
  readonly reading: FallbackReading | undefined;
  readonly done: (error: unknown) => void;
}

/**
 * Keeps the list of referrers of subjects in a registry without the referrers API (distribution-spec 1.1 "Referrers
 * Tag Schema"). The tag is one value that many write, and no known registry honours If-Match: so a write is followed by
 * looks, one at once and one after the others had time to finish, and what vanished is put back. Changes of one
 * process to one subject are joined into one write.
 */
export class FallbackWriter {
  readonly #options: FallbackWriterOptions;
  readonly #queues = new Map<Digest, Job[]>();

  constructor(options: FallbackWriterOptions) {
    this.#options = options;
  }

  /**
   * Resolves once the list has been seen to hold the change after the settle time. Throws when it could not be
   * written or not be confirmed.
   */
  update(subject: Digest, change: FallbackChange, reading?: FallbackReading): Promise<void> {
    return new Promise((resolve, reject) => {
      const job: Job = { change, reading, done: (error) => (error === undefined ? resolve() : reject(error)) };
      const queue = this.#queues.get(subject);
      if (queue !== undefined) {
        queue.push(job);
        return;
      }
      const fresh = [job];
      this.#queues.set(subject, fresh);
      // what else this process wants of the same subject in this turn joins the same write
      queueMicrotask(() => void this.#drain(subject, fresh));
    });
  }

  async #drain(subject: Digest, queue: Job[]): Promise<void> {
    while (queue.length > 0) {
      const jobs = queue.splice(0);
      const change: FallbackChange = {
        add: jobs.flatMap((job) => job.change.add),
        remove: jobs.flatMap((job) => job.change.remove),
      };
      let failure: unknown;
      try {
        await new FallbackUpdate(this.#options, subject, change).run(jobs[0]?.reading);
      } catch (thrown) {
        failure = thrown;
      }
      for (const job of jobs) job.done(failure);
    }
    this.#queues.delete(subject);
  }
}

/** One update of one list, from the first read to the last look. */
class FallbackUpdate {
  readonly #store: Store;
  readonly #subject: Digest;
  readonly #tag: string;
  readonly #options: FallbackWriterOptions;
  readonly #wanted = new Map<Digest, RawEntry>();
  readonly #removed: ReadonlySet<Digest>;
  /** Every entry that any reading showed: what vanishes of it was overwritten, not deleted, if it still exists. */
  readonly #seen = new Map<Digest, RawEntry>();
  readonly #dropped = new Set<Digest>();
  #writes = 0;
  #failures = 0;
  #slowestGap = 0;
  #contended = false;
  /** The digest of the list as we last wrote it. */
  #ours: Digest | undefined;

  constructor(options: FallbackWriterOptions, subject: Digest, change: FallbackChange) {
    this.#options = options;
    this.#store = options.store;
    this.#subject = subject;
    this.#tag = buildReferrersTag(subject);
    for (const descriptor of change.add) this.#wanted.set(descriptor.digest, rawEntryOf(descriptor));
    this.#removed = new Set(change.remove);
  }

  async run(first: FallbackReading | undefined): Promise<void> {
    try {
      await this.#untilSettled(first);
    } catch (thrown) {
      // once something was written, a failed look leaves open what the list holds
      if (this.#writes === 0 || !(thrown instanceof CodedError) || !mayPass(thrown)) throw thrown;
      throw this.#unconfirmed(thrown.message, thrown);
    }
    this.#warnIfSlow();
  }

  async #untilSettled(first: FallbackReading | undefined): Promise<void> {
    let reading =
      first !== undefined && performance.now() - first.at < STALE_AFTER_MS ? first : await this.#readFirst();
    let looks = 0; // readings in a row, after our write, that show all that they should
    for (;;) {
      const due = await this.#due(reading.fallback);
      if (due === undefined) {
        if (this.#writes === 0) return;
        looks++;
        if (looks > (this.#contended ? 2 : 1)) return;
        await this.#settle(looks);
        reading = await this.#readAgain();
        continue;
      }
      looks = 0;
      await this.#write(reading, due);
      reading = await this.#readAgain();
    }
  }

  /** The list as it should be, or undefined if it is so. */
  async #due(fallback: FallbackIndex): Promise<{ readonly bytes: Uint8Array; readonly restored: number } | undefined> {
    const base = fallback.state === 'list' ? fallback.index.bytes : undefined;
    const entries = base === undefined ? [] : rawEntriesOf(base);
    const present = new Set(entries.map((entry) => entry.digest));
    const missing = [...this.#wanted.values()].filter((entry) => !present.has(entry.digest));
    const unwanted = new Set([...this.#removed, ...this.#dropped].filter((digest) => present.has(digest)));
    const vanished = await this.#vanished(present);
    for (const entry of entries) this.#seen.set(entry.digest, entry);
    if (this.#ours !== undefined && fallback.state === 'list' && fallback.index.digest !== this.#ours)
      this.#contended = true;
    if (missing.length === 0 && unwanted.size === 0 && vanished.length === 0) return undefined;
    if (this.#writes > 0) this.#contended = true;
    const kept = base === undefined ? undefined : removeEntries(base, unwanted);
    const added = [...vanished, ...missing];
    return {
      bytes: kept === undefined ? buildFallbackIndex(added) : addEntries(kept, added),
      restored: vanished.length,
    };
  }

  /** Entries of others that an earlier reading showed and this one does not: overwritten, if their manifest stands. */
  async #vanished(present: ReadonlySet<Digest>): Promise<RawEntry[]> {
    const gone = [...this.#seen.values()].filter(
      ({ digest }) =>
        !present.has(digest) && !this.#removed.has(digest) && !this.#dropped.has(digest) && !this.#wanted.has(digest),
    );
    const standing = await Promise.all(
      gone.map(async (entry) => {
        const found = await this.#store.findManifest(entry.digest, { purpose: 'settle', signal: this.#options.signal });
        if (found === undefined) this.#seen.delete(entry.digest); // deleted by somebody, and rightly gone
        return found !== undefined;
      }),
    );
    return gone.filter((_, i) => standing[i] === true);
  }

  async #write(
    reading: FallbackReading,
    due: { readonly bytes: Uint8Array; readonly restored: number },
  ): Promise<void> {
    if (++this.#writes > MAX_WRITES) throw this.#unconfirmed('too many others write the same list');
    if (due.bytes.byteLength > MAX_MANIFEST_BYTES) throw this.#tooLarge(due.bytes.byteLength);
    if (due.restored > 0) this.#warnRestored(due.restored);
    const { fallback } = reading;
    try {
      await this.#store.pushManifest({
        bytes: due.bytes,
        mediaType: OCI_INDEX,
        target: { tag: this.#tag },
        precondition: fallback.state === 'list' ? matchOf(fallback) : 'none',
        signal: this.#options.signal,
      });
      this.#ours = digestOf(due.bytes);
      this.#failures = 0;
      this.#slowestGap = Math.max(this.#slowestGap, performance.now() - reading.at);
    } catch (thrown) {
      await this.#afterFailure(toCodedError(thrown), fallback);
    }
  }

  /** Mends, waits, or gives up. Whatever it does, the next write begins from a fresh reading. */
  async #afterFailure(error: CodedError, fallback: FallbackIndex): Promise<void> {
    const { signal } = this.#options;
    if (signal?.aborted === true) throw error;
    if (error.code === 'precondition-failed') {
      this.#contended = true; // somebody wrote between our reading and our write
      await pause(backoff(0, BACKOFF_BASE_MS, BACKOFF_CAP_MS), signal);
      return;
    }
    if (error.code === 'manifest-blob-unknown' && fallback.state === 'list') {
      const dangling = await findDangling(this.#store, rawEntriesOf(fallback.index.bytes), error, signal);
      if (dangling.length === 0) throw error;
      for (const digest of dangling) this.#drop(digest);
      return;
    }
    if (error.code === 'manifest-too-large') throw this.#tooLarge(undefined, error);
    if (!mayPass(error) || this.#failures >= MAX_FAILURES) throw error;
    await pause(backoff(this.#failures++, BACKOFF_BASE_MS * 2, BACKOFF_CAP_MS), signal);
  }

  #drop(digest: Digest): void {
    this.#dropped.add(digest);
    this.#options.warn({
      code: 'fallback-entry-dropped',
      message: `${this.#store.name}:${this.#tag} listed ${digest}, which the registry no longer holds and for which it refused the list; the entry was dropped`,
      subject: digest,
    });
  }

  async #settle(looks: number): Promise<void> {
    const least = this.#options.settleMs ?? DEFAULT_SETTLE_MS;
    if (least === 0) return;
    const gap = Math.max(least, 4 * this.#slowestGap) * (looks > 1 ? 4 : 1);
    await pause(jittered(Math.min(MAX_SETTLE_MS, gap)), this.#options.signal);
  }

  async #readFirst(): Promise<FallbackReading> {
    const reading = await readForUpdate(this.#store, this.#subject, { signal: this.#options.signal });
    this.#refuseReserved(reading.fallback);
    return reading;
  }

  async #readAgain(): Promise<FallbackReading> {
    let fallback = await this.#read('settle');
    // after a write, or with entries seen, an absent list is a stale answer more likely than the truth
    if (fallback.state === 'absent') fallback = await this.#read('settle');
    return { fallback, at: performance.now() };
  }

  async #read(purpose: Purpose): Promise<FallbackIndex> {
    const fallback = await readFallbackIndex(this.#store, this.#subject, { purpose, signal: this.#options.signal });
    this.#refuseReserved(fallback);
    return fallback;
  }

  #refuseReserved(fallback: FallbackIndex): void {
    if (fallback.state === 'alias' || fallback.state === 'foreign') throw this.#reserved(fallback);
  }

  #reserved(fallback: FallbackIndex): CodedError {
    const name = `${this.#store.name}:${this.#tag}`;
    if (fallback.state === 'foreign') {
      return new CodedError(
        'fallback-index-invalid',
        `${name} is ${fallback.found}, not a list of referrers, and is left as it is`,
        {
          hint: 'Something else was pushed under the tag that the distribution-spec reserves for the list of referrers. Remove that tag.',
        },
      );
    }
    return new CodedError(
      'fallback-index-invalid',
      `${name} resolves to the image itself: this registry can keep no list of referrers`,
      {
        hint: 'GitLab resolves sha256-<hex> tags to the digest of that name. Writing there would replace the image by a list.',
      },
    );
  }

  #tooLarge(bytes: number | undefined, cause?: unknown): CodedError {
    const size = bytes === undefined ? '' : ` would be ${bytes} bytes,`;
    return new CodedError(
      'fallback-index-too-large',
      `the list of referrers ${this.#store.name}:${this.#tag}${size} more than registries take (${MAX_MANIFEST_BYTES})`,
      {
        cause,
        hint: 'Delete referrers that are no longer needed, or move to a registry with the referrers API, which pages.',
      },
    );
  }

  #unconfirmed(why: string, cause?: unknown): CodedError {
    return new CodedError(
      'fallback-update-unconfirmed',
      `the list of referrers ${this.#store.name}:${this.#tag} could not be confirmed: ${why}`,
      {
        cause,
        hint: 'The manifests are on the registry. Run the same attach again: it adds what the list lacks.',
      },
    );
  }

  #warnRestored(count: number): void {
    this.#options.warn({
      code: 'fallback-entry-restored',
      message: `another writer overwrote ${this.#store.name}:${this.#tag}; ${count} lost ${count === 1 ? 'entry was' : 'entries were'} put back`,
      subject: this.#subject,
    });
  }

  #warnIfSlow(): void {
    const least = this.#options.settleMs ?? DEFAULT_SETTLE_MS;
    if (least === 0 || this.#slowestGap <= least) return;
    this.#options.warn({
      code: 'fallback-slow-write',
      message: `${Math.round(this.#slowestGap)} ms passed between reading and writing ${this.#store.name}:${this.#tag}, longer than others wait: an entry of theirs may have been lost if they wrote meanwhile`,
      subject: this.#subject,
    });
  }
}

function matchOf(fallback: Extract<FallbackIndex, { state: 'list' }>): { readonly match: string } {
  return { match: fallback.etag ?? `"${fallback.index.digest}"` };
}

/** Failures of the way, not of the content. */
function mayPass(error: CodedError): boolean {
  return hasCode(
    error,
    'network-unreachable',
    'network-timeout',
    'response-truncated',
    'response-invalid',
    'server-error',
    'rate-limited',
  );
}
