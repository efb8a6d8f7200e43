import { redactUrl } from './redact.ts';
import { steadyNow } from './steady-now.ts';
import type { HttpMethod } from './types.ts';

export interface PendingRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly attempt: number;
}

interface Entry extends PendingRequest {
  /** Milliseconds on a steady clock. */
  readonly since: number;
  /** Nothing is on the wire: it is about to be sent once more. */
  readonly isPause: boolean;
}

/** What a client waits for: whoever ends a run that takes too long says what held it up. */
export class PendingRequests {
  readonly #entries = new Set<Entry>();
  readonly #now: () => number;
  #last: { readonly request: PendingRequest; readonly status: number | undefined } | undefined;

  constructor(now: () => number = steadyNow) {
    this.#now = now;
  }

  /** A request is on its way; the result is called at the end of its answer, with the status if there was one. */
  begin(request: PendingRequest): (status: number | undefined) => void {
    const done = this.#add(request, false);
    return (status) => {
      done();
      this.#last = { request, status };
    };
  }

  /** It is waited before the attempt; the result is called at the end of the wait. */
  pause(request: PendingRequest): () => void {
    return this.#add(request, true);
  }

  #add({ method, url, attempt }: PendingRequest, isPause: boolean): () => void {
    const entry: Entry = { method, url, attempt, since: this.#now(), isPause };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** `it waited for PUT https://…, attempt 2, for 31.0 s, and for 3 more`; undefined where nothing was ever sent. */
  describe(): string | undefined {
    const [oldest] = this.#entries;
    if (oldest !== undefined) {
      const { method, url, attempt, since, isPause } = oldest;
      const seconds = ((this.#now() - since) / 1000).toFixed(1);
      const others = this.#entries.size === 1 ? '' : `, and for ${this.#entries.size - 1} more`;
      const what = `${method} ${redactUrl(url)}`;
      return isPause
        ? `it waited ${seconds} s to send ${what} again, attempt ${attempt}${others}`
        : `it waited for ${what}${attempt > 1 ? `, attempt ${attempt}` : ''}, for ${seconds} s${others}`;
    }
    if (this.#last === undefined) return undefined;
    const { request, status } = this.#last;
    const answer = status === undefined ? 'no answer' : `HTTP ${status}`;
    return `no request was under way, and the last was ${request.method} ${redactUrl(request.url)}: ${answer}`;
  }
}
