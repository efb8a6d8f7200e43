import { CodedError } from '../errors/coded-error.ts';

/** What ends a run before it is done. */
export interface RunDeadline {
  readonly signal: AbortSignal;
  /** Disarms it; must be called, or the timer keeps the process alive. */
  readonly clear: () => void;
}

/**
 * Aborts after `seconds` with `deadline-exceeded`, or when `interrupt` does, with its reason. `describePending` says then
 * what held the run up.
 */
export function startDeadline(
  seconds: number,
  interrupt?: AbortSignal,
  describePending: () => string | undefined = () => undefined,
): RunDeadline {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    const pending = describePending();
    const why = pending === undefined ? '' : `: ${pending}`;
    controller.abort(
      new CodedError('deadline-exceeded', `the run did not end within its ${seconds} seconds${why}`, {
        hint: 'Raise the input deadline, or lower timeout and retries, so that a request that hangs fails by itself.',
      }),
    );
  }, seconds * 1000);
  const onInterrupt = (): void => controller.abort(interrupt?.reason);
  if (interrupt?.aborted) onInterrupt();
  interrupt?.addEventListener('abort', onInterrupt, { once: true });
  const clear = (): void => {
    clearTimeout(timer);
    interrupt?.removeEventListener('abort', onInterrupt);
  };
  return { signal: controller.signal, clear };
}
