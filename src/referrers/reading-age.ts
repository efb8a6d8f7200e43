import type { FallbackReading } from './read-fallback-index.ts';

/** A reading of this age, milliseconds from when it was asked for, may be written from whatever the registry's pace. */
const FRESH_MS = 150;
/** One that is several times as old as the quickest took was held up: the process was stopped, or the answer was. */
const HELD_UP = 3;
/** In a row: a registry whose pace changes may never seem to answer in time. Then it is written all the same. */
const MAX_RENEWALS = 5;

/**
 * Says when a reading is too old to write from. What others write while a process is stopped between reading and
 * writing (a paused runner, a suspended laptop) would be lost: so the clock is looked at right before the write, and
 * the age counts from when the reading was asked for, since the pause may lie before its answer.
 */
export class ReadingAge {
  #quickest = Number.POSITIVE_INFINITY;
  #read = 0;
  #renewals = 0;

  /** A reading was made. */
  note({ asked, at }: FallbackReading): void {
    this.#quickest = Math.min(this.#quickest, at - asked);
    this.#read++;
  }

  /** True: read again first. */
  mustRenew({ asked }: Pick<FallbackReading, 'asked'>, now: number): boolean {
    // of a single reading it is not known whether it was held up itself
    const pace = this.#read > 1 ? this.#quickest : Math.min(this.#quickest, FRESH_MS);
    const mustRenew = now - asked > Math.max(FRESH_MS, HELD_UP * pace) && this.#renewals < MAX_RENEWALS;
    this.#renewals = mustRenew ? this.#renewals + 1 : 0;
    return mustRenew;
  }
}
