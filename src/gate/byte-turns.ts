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

  /**
   * The result of `work`, which is to wait for servers as little as can be: others wait for it. Nothing begins once the
   * signal is aborted: what waits then ends at once, with the signal's reason.
   */
  async run<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await this.#wait(bytes, signal);
    } else this.#take(bytes);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#bytes -= bytes;
      this.#running--;
      this.#beginNext();
    }
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#beginNext(); // those behind it may have been waiting for it alone
        reject(signal.reason);
      };
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const waiting: Waiting = { bytes, begin };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', leave, { once: true });
    });
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
