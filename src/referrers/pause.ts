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
