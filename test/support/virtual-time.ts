import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/referrers/clock.ts';

/** Time that passes only when everybody waits, and chance that a seed decides: what happens can be made to happen again. */
export class VirtualTime implements Clock {
  #now = 0;
  #order = 0;
  #state: number;
  readonly #waiting: { readonly at: number; readonly order: number; readonly wake: () => void }[] = [];

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  now(): number {
    return this.#now;
  }

  /** mulberry32 */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** [low, high) */
  between(low: number, high: number): number {
    return low + this.random() * (high - low);
  }

  pause(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#waiting.push({ at: this.#now + milliseconds, order: this.#order++, wake });
    });
  }

  /** Lets time pass until all of the work is done. */
  async run<T>(work: readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]> {
    let done = false;
    const all = Promise.allSettled(work).finally(() => {
      done = true;
    });
    while (!done) {
      await nextTurn(); // every promise that can go on has gone on
      this.#waiting.sort((a, b) => b.at - a.at || b.order - a.order);
      const next = this.#waiting.pop();
      if (next === undefined) continue;
      this.#now = next.at;
      next.wake();
    }
    return all;
  }
}
