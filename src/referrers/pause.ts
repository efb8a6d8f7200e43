import { setTimeout as delay } from 'node:timers/promises';

/** Waits; ends at once, with the reason of the signal, when the run ends. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown;
  }
}

/** Between `base` and 1.5 x `base`: writers that collided once do not step in time. */
export function jittered(base: number): number {
  return base * (1 + Math.random() / 2);
}

/** The n-th wait of an exponential back-off with full jitter, n from 0. */
export function backoff(n: number, base: number, cap: number): number {
  return Math.random() * Math.min(cap, base * 2 ** n);
}
