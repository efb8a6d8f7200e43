import type { Clock } from './clock.ts';

/** Milliseconds until a write counts as slow: less than the least time for which others look after what they wrote. */
const SLOW_MS = 200;
const EVERY_MS = 150;

/**
 * Looks at intervals for as long as a piece of work goes on longer than usual, and ends soon after it. `look` must not
 * throw.
 */
export async function watchWhile(
  work: Promise<unknown>,
  look: () => Promise<void>,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  const ended = work.then(end, end);
  const either = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  for (let wait = SLOW_MS; ; wait = EVERY_MS) {
    await Promise.race([ended, clock.pause(wait, either).catch(() => undefined)]);
    if (either.aborted) return;
    await Promise.race([ended, look()]);
  }
}
