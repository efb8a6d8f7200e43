/**
 * Writes that the registry took, after which nothing but the list of the beginning and lists of ours was ever shown:
 * nobody else writes, and it does not keep, or does not show, what it takes. About half a minute, by then; to go on
 * writing from readings that may be old would only lose what others write unseen. A cache may end, though: so many looks
 * are taken without a write, about another minute.
 */
const MAX_UNSHOWN_WRITES = 20;
const MAX_UNSHOWN_LOOKS = 15;
/** Writes that the registry took, and writes that it refused because somebody else was faster. */
const MAX_WRITES = 60;
const MAX_CONFLICTS = 200;

/** How often one list is written in one update, before that is given up or only looks are taken. */
export class WriteBounds {
  #taken = 0;
  #conflicts = 0;
  #looks = 0;

  /** Writes that the registry took. */
  get taken(): number {
    return this.#taken;
  }

  noteTaken(): void {
    this.#taken++;
  }

  noteConflict(): void {
    this.#conflicts++;
  }

  /** What is to be done about a list that lacks something; or why it is given up. Counts the looks that it asks for. */
  next(othersSeen: boolean): 'write' | 'look' | { readonly givenUp: string } {
    // a refused condition is somebody else's write, too
    const isAlone = !othersSeen && this.#conflicts === 0;
    if (!isAlone && (this.#taken >= MAX_WRITES || this.#conflicts >= MAX_CONFLICTS))
      return { givenUp: 'too many others write the same list' };
    if (!isAlone || this.#taken < MAX_UNSHOWN_WRITES) return 'write';
    return this.#looks++ < MAX_UNSHOWN_LOOKS ? 'look' : { givenUp: this.#notKept() };
  }

  #notKept(): string {
    return `the registry said ${this.#taken} times that it took the list, and went on to show it without what was written; no change of anybody else was seen`;
  }
}
