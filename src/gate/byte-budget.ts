/** What of a budget one reader has: its own small part first, then what is left for all. */
export interface ByteShare {
  /** Of the whole budget, for messages. */
  readonly limit: number;
  /** Whether there are so many left. */
  has(bytes: number): boolean;
  /** Takes so many, if there are so many left. */
  take(bytes: number): boolean;
}

/**
 * Bytes that one image's evidence may take together: lists may name whatever they like. A part of it, `reserved`, is
 * handed out in small shares, so that a few large files of somebody else leave room for an ordinary bundle.
 */
export class ByteBudget implements ByteShare {
  readonly limit: number;
  #left: number;
  #reserved: number;

  constructor(limit: number, reserved = 0) {
    this.limit = limit;
    this.#left = limit - reserved;
    this.#reserved = reserved;
  }

  has(bytes: number): boolean {
    return bytes <= this.#left;
  }

  take(bytes: number): boolean {
    if (!this.has(bytes)) return false;
    this.#left -= bytes;
    return true;
  }

  /** A share with so many bytes of its own, as long as the reserve has them. */
  share(bytes: number): ByteShare {
    let own = Math.min(bytes, this.#reserved);
    this.#reserved -= own;
    const take = (wanted: number): boolean => {
      if (wanted > own) return this.take(wanted);
      own -= wanted;
      return true;
    };
    return { limit: this.limit, has: (wanted) => wanted <= own || this.has(wanted), take };
  }
}
