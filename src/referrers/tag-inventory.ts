import { kindOfDigestTag } from '../oci/referrers-tag.ts';
import type { Store } from '../store/store.ts';

/** What the inventory can say of one tag. */
export type TagWord = 'exists' | 'absent' | 'ask';

interface Inventory {
  readonly tags: ReadonlySet<string>;
  readonly complete: boolean;
  /** The kinds of tags made from digests that the list has any of. */
  readonly shows: ReadonlySet<string>;
}

/**
 * One tags/list in place of many questions "is there a tag sha256-<hex>?". In tag-schema mode it gives for a whole tree
 * what an `OCI-Referrers: absent` header would give, today. It is an economy only: where the list cannot be had, or has
 * more pages than are worth reading, each tag is asked for itself.
 *
 * A registry may leave such tags out of its list. So the list's silence counts only where it shows others of their
 * kind, or where a sample, the tags of the first subject, was asked for itself and agrees with it; and it counts no
 * more once a tag is found that the list does not have.
 */
export class TagInventory {
  readonly #store: Store;
  readonly #maxPages: number;
  readonly #signal: AbortSignal | undefined;
  readonly #sample = Promise.withResolvers<boolean>();
  readonly #found = new Set<string>();
  #list: Promise<Inventory | undefined> | undefined;

  constructor(store: Store, options: { readonly maxPages: number; readonly signal?: AbortSignal | undefined }) {
    this.#store = store;
    this.#maxPages = options.maxPages;
    this.#signal = options.signal;
  }

  /** Sends the request, if it has not been sent; the answer is awaited by the first question. */
  start(): void {
    this.#list ??= this.#read();
  }

  async #read(): Promise<Inventory | undefined> {
    try {
      const list = await this.#store.listTags({ maxPages: this.#maxPages, signal: this.#signal });
      return { ...list, shows: new Set([...list.tags].flatMap((tag) => kindOfDigestTag(tag) ?? [])) };
    } catch {
      return undefined; // no economy, then; what is wrong will be said by the question that matters
    }
  }

  /** `ofSample`: the tag is one of the first subject's, which may have to be asked for themselves. */
  async word(tag: string, ofSample: boolean): Promise<TagWord> {
    const list = await this.#list;
    if (list === undefined) return 'ask';
    if (list.tags.has(tag)) return 'exists';
    if (!list.complete) return 'ask';
    const isShown = list.shows.has(kindOfDigestTag(tag) ?? '');
    if (!isShown && (ofSample || !(await this.#sample.promise))) return 'ask';
    return [...this.#found].every((found) => list.tags.has(found)) ? 'absent' : 'ask';
  }

  /** A tag was asked for itself, and is there. */
  found(tag: string): void {
    this.#found.add(tag);
  }

  /** The tags of the first subject have been asked for; `answered` false: not all of them could be read. */
  sampled(answered: boolean): void {
    this.#sample.resolve(answered);
  }
}
