/** How writers of one list are held up. */
export interface Stalls {
  /** Asked of each PUT of the tag: whether it reaches the registry so much later. */
  readonly holdsWrite: () => boolean;
  /**
   * Asked of each read of the tag, until one strikes: whether the process is stopped (SIGSTOP) before it gets the answer,
   * and goes on so much later. Not while a write of its own is on its way.
   */
  readonly pausesRead: () => boolean;
  readonly milliseconds: number;
}

const MILLISECONDS = 1500;

/** 15 % of the writes on their way for 1.5 s, 15 % of the reads followed by a pause of 1.5 s. The same seed stalls alike. */
export function usualStalls(seed: number): Stalls {
  const random = mulberry32(seed);
  return { holdsWrite: () => random() < 0.15, pausesRead: () => random() < 0.15, milliseconds: MILLISECONDS };
}

/** The second write and every seventh after it, the second read and every seventh: some of both in any race of several. */
export function certainStalls(): Stalls {
  const every7th = (): (() => boolean) => {
    let count = -2;
    return () => ++count % 7 === 0;
  };
  return { holdsWrite: every7th(), pausesRead: every7th(), milliseconds: MILLISECONDS };
}

/** A small generator of numbers that a seed repeats (Tommy Ettinger's Mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
