import type { Digest } from '../oci/digest.ts';
import type { Clock } from './clock.ts';
import { type FallbackIndex, stateOf } from './read-fallback-index.ts';

export interface CalmWatchOptions {
  readonly clock: Clock;
  /** Milliseconds of the least wait between two looks, default 250; 0: there are no rivals, one look is enough. */
  readonly leastMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds: the least wait between two looks where nothing else is asked for. */
export const DEFAULT_SETTLE_MS = 250;
/** The longest wait between two looks, however slow our own writes were. */
const MAX_WAIT_MS = 4000;
/** A rival on the same registry takes as long as we take; some take a few times as long. */
const SLOWER_RIVAL = 4;
/** With rivals about, whose writes may be held up, the least wait is so many times as long. */
const WITH_RIVALS = 2;
/** Looks after the last write, however busy others are: they look after what they overwrite themselves. */
const MAX_LOOKS = 20;
/** The first and the longest wait before a collision is answered with another write. */
const ASIDE_BASE_MS = 50;
const ASIDE_CAP_MS = 3000;
/** The same for a write that failed on its way. */
const FAILURE_BASE_MS = 400;
const FAILURE_CAP_MS = 8000;

/**
 * Says when a list may be left to itself. Who overwrites an entry read the list before it was there; so once the list
 * has stayed the same for longer than others take from reading to writing, nobody is left who could.
 */
export class CalmWatch {
  readonly #options: CalmWatchOptions;
  readonly #leastMs: number;
  #state: Digest | undefined;
  #looks = 0;
  #sameLooks = 0;
  #collisions = 0;
  #hasRivals = false;
  #slowestGap = 0;
  /** The pace of this registry: one write that was held up says nothing of the others. */
  #quickestGap = Number.POSITIVE_INFINITY;

  constructor(options: CalmWatchOptions) {
    this.#options = options;
    this.#leastMs = options.leastMs ?? DEFAULT_SETTLE_MS;
  }

  /** Our write went through; it was made from a reading of the time `readAt`. */
  written(state: Digest, readAt: number): void {
    const gap = this.#options.clock.now() - readAt;
    this.#slowestGap = Math.max(this.#slowestGap, gap);
    this.#quickestGap = Math.min(this.#quickestGap, gap);
    this.#state = state;
    this.#looks = 0;
    this.#sameLooks = 0;
  }

  /**
   * A look that found all as it should be. True: that was the last one. Otherwise the time until the next look has
   * passed: calm is two looks that find the list as it was, with a wait between them.
   */
  async isCalm(fallback: FallbackIndex): Promise<boolean> {
    const state = stateOf(fallback);
    this.#looks++;
    this.#sameLooks = state === this.#state ? this.#sameLooks + 1 : 0;
    if (this.#sameLooks === 0) this.#hasRivals = true;
    this.#state = state;
    if (this.#leastMs === 0 || this.#sameLooks >= 2 || this.#looks >= MAX_LOOKS) return true;
    await this.#pause(this.#wait * (1 + this.#options.clock.random() / 2));
    return false;
  }

  /** Waits for a random moment, from a span that grows with each collision. */
  async stepAside(): Promise<void> {
    this.#looks = 0;
    this.#sameLooks = 0;
    this.#hasRivals = true;
    const span = Math.min(ASIDE_CAP_MS, ASIDE_BASE_MS * 2 ** this.#collisions++);
    await this.#pause(span * this.#options.clock.random());
  }

  /** The same after the n-th failure in a row, n from 0. */
  async afterFailure(n: number): Promise<void> {
    await this.#pause(Math.min(FAILURE_CAP_MS, FAILURE_BASE_MS * 2 ** n) * this.#options.clock.random());
  }

  /** Milliseconds until the next look. A failed write has no gap: the least wait is all there is to go by. */
  get #wait(): number {
    const pace = Number.isFinite(this.#quickestGap) ? SLOWER_RIVAL * this.#quickestGap : 0;
    return Math.min(MAX_WAIT_MS, Math.max(this.#leastMs * (this.#hasRivals ? WITH_RIVALS : 1), pace));
  }

  /** Milliseconds of our slowest write, if it took longer than others wait for it. */
  get slowWrite(): number | undefined {
    return this.#leastMs > 0 && this.#slowestGap > SLOWER_RIVAL * this.#leastMs ? this.#slowestGap : undefined;
  }

  #pause(milliseconds: number): Promise<void> {
    const { clock, signal } = this.#options;
    return clock.pause(milliseconds, signal);
  }
}
