import type { Warning, WarningCode } from '../errors/warning.ts';

/** Warnings of one code that are worth reading one by one. */
const SHOWN = 5;
/** What the rest is about is named up to here. */
const NAMED = 10;

/**
 * Passes the first warnings of each code on, and says the rest in one: a list that was written by a client with a
 * defect has it in every entry.
 */
export class WarningLimit {
  readonly #emit: (warning: Warning) => void;
  readonly #counts = new Map<WarningCode, { count: number; subjects: string[] }>();

  constructor(emit: (warning: Warning) => void) {
    this.#emit = emit;
  }

  readonly warn = (warning: Warning): void => {
    const seen = this.#counts.get(warning.code) ?? { count: 0, subjects: [] };
    this.#counts.set(warning.code, seen);
    if (++seen.count <= SHOWN) this.#emit(warning);
    else if (warning.subject !== undefined && seen.subjects.length < NAMED) seen.subjects.push(warning.subject);
  };

  /** At the end: one warning for each code that there was more of. */
  flush(): void {
    for (const [code, { count, subjects }] of this.#counts) {
      if (count <= SHOWN) continue;
      const rest = count - SHOWN;
      const about = subjects.length === 0 ? '' : `: ${subjects.join(', ')}${rest > subjects.length ? ', …' : ''}`;
      this.#emit({ code, message: `and ${rest} more like the ${SHOWN} before${about}` });
    }
    this.#counts.clear();
  }
}
