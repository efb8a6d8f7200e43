import type { Store, TagList } from '../store/store.ts';

/** What the inventory can say of one tag. */
export type TagWord = 'exists' | 'absent' | 'ask';

/**
 * One tags/list in place of many questions "is there a tag sha256-<hex>?". In tag-schema mode it gives for a whole tree
 * what an `OCI-Referrers: absent` header would give, today. It is an economy only: where the list cannot be had, or has
 * more pages than are worth reading, each tag is asked for itself.
 */
export class TagInventory {
  readonly #store: Store;
  readonly #maxPages: number;
  readonly #signal: AbortSignal | undefined;
  #list: Promise<TagList | undefined> | undefined;

  constructor(store: Store, options: { readonly maxPages: number; readonly signal?: AbortSignal | undefined }) {
    this.#store = store;
    this.#maxPages = options.maxPages;
    this.#signal = options.signal;
  }

  /** Sends the request, if it has not been sent; the answer is awaited by the first question. */
  start(): void {
    this.#list ??= this.#store.listTags({ maxPages: this.#maxPages, signal: this.#signal }).catch(() => undefined);
  }

  async word(tag: string): Promise<TagWord> {
    const list = await this.#list;
    if (list === undefined) return 'ask';
    if (list.tags.has(tag)) return 'exists';
    return list.complete ? 'absent' : 'ask';
  }
}
