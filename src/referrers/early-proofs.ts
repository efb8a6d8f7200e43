import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { FetchedManifest } from '../store/store.ts';
import { isMatchAll } from './filter.ts';
import type { ListSettings } from './list-settings.ts';

/** Manifests that are read at a time: of the eight connections that a client has by default the next page finds one free. */
const WIDTH = 7;

interface Read {
  readonly mediaType: string;
  readonly manifest: Promise<FetchedManifest | undefined>;
}

/**
 * The manifests of the first rows, read while further pages of their list are on the way: pages come one after the
 * other, and would leave the other connections idle. Only what is read later in any case is read early: no filter may
 * move other rows before these, and there are no more of them than `verifyLimit`.
 */
export class EarlyProofs {
  readonly #settings: Pick<ListSettings, 'store' | 'signal'>;
  readonly #limit: number;
  readonly #chosen = new Set<Digest>();
  readonly #reads = new Map<Digest, Read>();
  #waiting: Descriptor[] = [];
  #underWay = 0;

  constructor(settings: Pick<ListSettings, 'filter' | 'signal' | 'store' | 'verify' | 'verifyLimit'>) {
    this.#settings = settings;
    this.#limit = settings.verify && isMatchAll(settings.filter) ? settings.verifyLimit : 0;
  }

  /** A page of the list of the walk's first subject, which another page follows. */
  begin(page: readonly Descriptor[]): void {
    for (const descriptor of page) {
      if (this.#chosen.size >= this.#limit) break;
      if (this.#chosen.has(descriptor.digest)) continue;
      this.#chosen.add(descriptor.digest);
      this.#waiting.push(descriptor);
    }
    this.#readNext();
  }

  /** The list has ended: what has not begun is read with the other proofs. */
  end(): void {
    this.#waiting = [];
  }

  /** What is being read, or was, under this digest and type; undefined where that has not begun. */
  find(digest: Digest, mediaType: string | undefined): Promise<FetchedManifest | undefined> | undefined {
    const read = this.#reads.get(digest);
    return read?.mediaType === mediaType ? read?.manifest : undefined;
  }

  #readNext(): void {
    const { store, signal } = this.#settings;
    while (this.#underWay < WIDTH) {
      const descriptor = this.#waiting.shift();
      if (descriptor === undefined) return;
      const { digest, mediaType } = descriptor;
      const manifest = store.findManifest(digest, { purpose: 'proof', mediaType, signal });
      this.#reads.set(digest, { mediaType, manifest });
      this.#underWay++;
      const done = (): void => {
        this.#underWay--;
        this.#readNext();
      };
      manifest.then(done, done); // who asks for it hears of a failure
    }
  }
}
