import type { CapabilityMemory } from './capability.ts';

/**
 * Where nothing is known of a repository and many subjects would ask for themselves, the first one asks and the others
 * wait until its answer has taught something, or it has come to its end.
 */
export class FirstAsks {
  #asked: Promise<void> | undefined;

  /** `ask` gets the memory to learn into. Its result is given on; whoever waits learns nothing from its failure. */
  async run<T>(memory: CapabilityMemory, ask: (memory: CapabilityMemory) => Promise<T>): Promise<T> {
    if (this.#asked !== undefined) {
      await this.#asked;
      return ask(memory);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asked = promise;
    const watched: CapabilityMemory = {
      get: (repository) => memory.get(repository),
      set: (repository, known) => {
        memory.set(repository, known);
        resolve();
      },
    };
    return ask(watched).finally(resolve);
  }
}
