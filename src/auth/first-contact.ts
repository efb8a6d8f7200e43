/**
 * Where a registry is expected to ask who we are, one request goes first, and the others wait for what its answer
 * teaches: else each of those that a run begins with would be refused for itself.
 */
export class FirstContact {
  readonly #isExpected: boolean;
  #first: Promise<void> | undefined;

  /** `isExpected` false: nobody waits. */
  constructor(isExpected: boolean) {
    this.#isExpected = isExpected;
  }

  /** Waits for the first request, if there is one. What comes back is to be called once the answer is known. */
  async enter(): Promise<() => void> {
    if (!this.#isExpected) return () => undefined;
    if (this.#first !== undefined) {
      await this.#first;
      return () => undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#first = promise;
    return resolve;
  }
}
