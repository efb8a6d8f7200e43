/** How writers of one list are held up: the share of their reads and of their writes, and for how long. */
export interface Stalls {
  /** Of the PUTs of the tag: they reach the registry so much later. */
  readonly slowWrites: number;
  /**
   * Of the reads of the tag, until one strikes: the process is stopped (SIGSTOP) before it gets the answer, and goes on
   * so much later. Not while a write of its own is on its way.
   */
  readonly pausedReads: number;
  readonly milliseconds: number;
  /** [0, 1) */
  readonly random: () => number;
}

/** 15 % of the writes on their way for 1.5 s, 15 % of the reads followed by a pause of 1.5 s. The same seed stalls alike. */
export function usualStalls(seed: number): Stalls {
  return { slowWrites: 0.15, pausedReads: 0.15, milliseconds: 1500, random: mulberry32(seed) };
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
