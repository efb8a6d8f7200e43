interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/**
 * Lets documents be worked on together as long as their bytes are so many in all; the others wait in their order. One
 * that is larger than that has its turn alone. Parsed JSON takes up to twenty times its bytes (millions of empty objects): one
 * for a whole run keeps many images with large documents from filling the memory together.
 */
export class ByteTurns {
  readonly limit: number;
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #running = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Of the documents that have their turn. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The result of `work`, which is to wait for servers as little as can be: others wait for it. */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((begin) => this.#waiting.push({ bytes, begin }));
    } else this.#take(bytes);
    try {
      return await work();
    } finally {
      this.#bytes -= bytes;
      this.#running--;
      this.#beginNext();
    }
  }

  #fits(bytes: number): boolean {
    return this.#running === 0 || this.#bytes + bytes <= this.limit;
  }

  #take(bytes: number): void {
    this.#bytes += bytes;
    this.#running++;
  }

  #beginNext(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || !this.#fits(next.bytes)) return;
      this.#waiting.shift();
      this.#take(next.bytes);
      next.begin();
    }
  }
}
