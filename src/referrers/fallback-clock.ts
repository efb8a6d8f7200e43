import { pause } from './pause.ts';

/** Time and chance, as the writing of a fallback list needs them; a test gives its own. */
export interface FallbackClock {
  /** Milliseconds on a steady clock. */
  now(): number;
  pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
  /** [0, 1) */
  random(): number;
}

export const SYSTEM_CLOCK: FallbackClock = { now: () => performance.now(), pause, random: () => Math.random() };
