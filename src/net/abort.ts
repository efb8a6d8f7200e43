import { CodedError } from '../errors/coded-error.ts';

/**
 * Calls `listener` once when the first of the signals aborts, at once if one has. The error is the signal's reason
 * where that is a CodedError (the total deadline, say), else `aborted`. Returns what stops the listening.
 */
export function onAbort(signals: readonly AbortSignal[], listener: (error: CodedError) => void): () => void {
  const stop = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', heard);
  };
  const heard = (): void => {
    const aborted = signals.find((signal) => signal.aborted);
    stop();
    if (aborted !== undefined) listener(abortError(aborted));
  };
  if (signals.some((signal) => signal.aborted)) heard();
  else for (const signal of signals) signal.addEventListener('abort', heard);
  return stop;
}

/** What may end a request: its own signal, and the one of the whole client. */
export function signalsOf(...owners: readonly { readonly signal?: AbortSignal | undefined }[]): AbortSignal[] {
  return owners.map((owner) => owner.signal).filter((signal) => signal !== undefined);
}

export function throwIfAborted(signals: readonly AbortSignal[]): void {
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) throw abortError(aborted);
}

/** Waits, unless a signal aborts first: then throws the abort error. */
export function pause(milliseconds: number, signals: readonly AbortSignal[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    stop();
    resolve();
  }, milliseconds);
  const stop = onAbort(signals, (error) => {
    clearTimeout(timer);
    reject(error);
  });
  return promise;
}

function abortError(signal: AbortSignal): CodedError {
  const reason: unknown = signal.reason;
  if (reason instanceof CodedError) return reason;
  return new CodedError('aborted', 'the request was aborted', { cause: reason });
}
