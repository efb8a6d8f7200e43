import type { Warning } from '../errors/warning.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import { DEFAULT_SETTLE_MS } from './fallback-settle.ts';
import { type FallbackChange, FallbackUpdate, type FallbackUpdateOptions } from './fallback-update.ts';
import type { FallbackReading } from './read-fallback-index.ts';

interface Job {
  readonly change: FallbackChange;
  readonly options: FallbackUpdateOptions;
  readonly done: (error: unknown) => void;
}

/**
 * Keeps the lists of referrers of one repository in a registry without the referrers API (distribution-spec 1.1
 * "Referrers Tag Schema"). The tag is one value that many write, and no known registry honours If-Match: so a write is
 * followed by looks, one at once and more after the others had time to finish, and what vanished is put back. Within
 * this process there are no rivals: changes to one subject are joined into one write, and writes wait for one another.
 */
export class FallbackWriter {
  readonly #store: Store;
  readonly #queues = new Map<Digest, Job[]>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Resolves once the list has been seen to hold the change after the settle time. Throws when it could not be
   * written or not be confirmed.
   */
  update(subject: Digest, change: FallbackChange, options: FallbackUpdateOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const job: Job = { change, options, done: (error) => (error === undefined ? resolve() : reject(error)) };
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
      const jobs = takeBatch(queue);
      let failure: unknown;
      try {
        await new FallbackUpdate(this.#store, subject, joinChanges(jobs), joinOptions(jobs)).run();
      } catch (thrown) {
        failure = thrown;
      }
      for (const job of jobs) job.done(failure);
    }
    this.#queues.delete(subject);
  }
}

const writers = new WeakMap<Store, FallbackWriter>();

/** The writer of a repository: one for the process, whichever run asks. */
export function fallbackWriterOf(store: Store): FallbackWriter {
  const writer = writers.get(store) ?? new FallbackWriter(store);
  writers.set(store, writer);
  return writer;
}

/** The first job and those that end with it: who is aborted alone does not take others along. */
function takeBatch(queue: Job[]): Job[] {
  const signal = queue[0]?.options.signal;
  const batch = queue.filter((job) => job.options.signal === signal);
  const rest = queue.filter((job) => job.options.signal !== signal);
  queue.splice(0, queue.length, ...rest);
  return batch;
}

function joinChanges(jobs: readonly Job[]): FallbackChange {
  const changes = jobs.map(({ change }) => change);
  return {
    add: changes.flatMap(({ add }) => add),
    remove: changes.flatMap(({ remove }) => remove),
    correct: changes.flatMap(({ correct = [] }) => correct),
    removeAbsent: changes.flatMap(({ removeAbsent = [] }) => removeAbsent),
  };
}

function joinOptions(jobs: readonly Job[]): FallbackUpdateOptions {
  const all = jobs.map(({ options }) => options);
  const warns = new Set(all.map(({ warn }) => warn));
  const [first] = all;
  return {
    warn: (warning: Warning) => {
      for (const warn of warns) warn(warning);
    },
    signal: first?.signal,
    clock: first?.clock,
    // whoever asked for more looks gets them: one that leaves it open asks for the default
    settleMs: Math.max(...all.map(({ settleMs = DEFAULT_SETTLE_MS }) => settleMs)),
    earlier: all.flatMap(({ earlier = [] }) => earlier),
    onReturned: (digest) => {
      for (const { onReturned } of all) onReturned?.(digest);
    },
    onLook: () => {
      for (const { onLook } of all) onLook?.();
    },
    reading: newest(all.flatMap(({ reading }) => reading ?? [])),
  };
}

function newest(readings: readonly FallbackReading[]): FallbackReading | undefined {
  return readings.reduce<FallbackReading | undefined>(
    (best, reading) => (best === undefined || reading.at > best.at ? reading : best),
    undefined,
  );
}
