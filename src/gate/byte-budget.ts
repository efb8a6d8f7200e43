/** What of a budget one reader has: its own small part first, then what is left for all. */
export interface ByteShare {
  /** Of the whole budget, for messages. */
  readonly limit: number;
  /** Whether there are so many left. */
  has(bytes: number): boolean;
  /** Takes so many, if there are so many left. */
  take(bytes: number): boolean;
  /** Takes the bytes of a document; of what is there for all it counts for `least` at least. */
  takeDocument(bytes: number, least: number): boolean;
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

  takeDocument(bytes: number, least: number): boolean {
    return this.take(Math.max(bytes, least));
  }

  /** A share with so many bytes of its own, as long as the reserve has them, for so many documents at most. */
  share(bytes: number, documents: number): ByteShare {
    let own = Math.min(bytes, this.#reserved);
    let left = documents;
    this.#reserved -= own;
    const takeOwn = (wanted: number): boolean => {
      if (wanted > own) return false;
      own -= wanted;
      return true;
    };
    return {
      limit: this.limit,
      has: (wanted) => wanted <= own || this.has(wanted),
      take: (wanted) => takeOwn(wanted) || this.take(wanted),
      takeDocument: (wanted, least) => {
        if (left === 0 || !takeOwn(wanted)) return this.takeDocument(wanted, least);
        left--;
        return true;
      },
    };
  }
}
