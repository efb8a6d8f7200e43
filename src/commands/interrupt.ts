import { CodedError } from '../errors/coded-error.ts';

/** How a process tells of its signals; `process` is one. */
export interface SignalSource {
  once(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** An interrupt that the work can wind down on (cancel its uploads); a second one ends the process as ever. */
export function listenForInterrupt(source: SignalSource): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    source.off('SIGINT', onSignal);
    source.off('SIGTERM', onSignal);
  };
  const onSignal = (): void => {
    stop();
    controller.abort(new CodedError('aborted', 'the run was interrupted; uploads that had begun are cancelled'));
  };
  source.once('SIGINT', onSignal);
  source.once('SIGTERM', onSignal);
  return { signal: controller.signal, stop };
}
