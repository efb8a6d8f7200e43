import { type Digest, digestOf } from '../oci/digest.ts';
import { type FallbackIndex, stateOf } from './read-fallback-index.ts';

/**
 * Whether anybody else was seen to change a list while we write it: a reading that is neither what was there at first
 * nor what we sent, be it taken or not. A list that is absent is nobody's write.
 */
export class OthersWatch {
  readonly #known = new Set<Digest>();
  #seen = false;

  get seen(): boolean {
    return this.#seen;
  }

  /** The reading from which all begins. */
  first(fallback: FallbackIndex): void {
    const state = stateOf(fallback);
    if (state !== undefined) this.#known.add(state);
  }

  /** About to be sent. */
  own(bytes: Uint8Array): void {
    this.#known.add(digestOf(bytes));
  }

  note(fallback: FallbackIndex): void {
    const state = stateOf(fallback);
    if (state !== undefined && !this.#known.has(state)) this.#seen = true;
  }
}
