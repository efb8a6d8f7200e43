/** One request that the registry answered, or is answering. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** With its question mark; empty without a query. */
  readonly query: string;
  readonly headers: LoggedHeaders;
  /** Milliseconds since the log began, when the request arrived. */
  readonly arrivedAt: number;
  /**
   * 1 + the greatest round of the requests that had been answered when this one arrived: how many requests, one after
   * the other, its sender must have waited for at most.
   */
  readonly round: number;
  /** 0 until it is answered. */
  readonly status: number;
  /** Bytes of the two bodies. */
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly answered: boolean;
}

export interface LoggedHeaders {
  readonly accept: string | undefined;
  readonly 'content-type': string | undefined;
  readonly 'content-length': string | undefined;
  readonly 'content-range': string | undefined;
  readonly 'transfer-encoding': string | undefined;
  readonly range: string | undefined;
  readonly 'if-match': string | undefined;
  readonly 'if-none-match': string | undefined;
  readonly 'user-agent': string | undefined;
  readonly host: string | undefined;
  /** Only the scheme is kept: `Basic`, `Bearer`. */
  readonly authorization: string | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the log hands out while a request is under way. */
export type OpenLogEntry = Mutable<LoggedRequest>;

export class RequestLog {
  #entries: OpenLogEntry[] = [];
  #current = new WeakSet<OpenLogEntry>();
  #deepestAnswered = 0;
  #begin = performance.now();

  get entries(): readonly LoggedRequest[] {
    return this.#entries;
  }

  /** The longest chain of requests of which each arrived after the one before it was answered. */
  get rounds(): number {
    return this.#entries.reduce((deepest, entry) => Math.max(deepest, entry.round), 0);
  }

  arrive(
    method: string,
    url: string,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): OpenLogEntry {
    const mark = url.indexOf('?');
    const entry: OpenLogEntry = {
      method,
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark),
      headers: keptHeaders(headers),
      arrivedAt: performance.now() - this.#begin,
      round: this.#deepestAnswered + 1,
      status: 0,
      bytesReceived: 0,
      bytesSent: 0,
      answered: false,
    };
    this.#entries.push(entry);
    this.#current.add(entry);
    return entry;
  }

  answer(entry: OpenLogEntry, status: number): void {
    entry.status = status;
    entry.answered = true;
    // a request of before a clear() must not count for what comes after it
    if (this.#current.has(entry)) this.#deepestAnswered = Math.max(this.#deepestAnswered, entry.round);
  }

  clear(): void {
    this.#entries = [];
    this.#current = new WeakSet();
    this.#deepestAnswered = 0;
    this.#begin = performance.now();
  }
}

function keptHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): LoggedHeaders {
  const one = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  };
  return {
    accept: one('accept'),
    'content-type': one('content-type'),
    'content-length': one('content-length'),
    'content-range': one('content-range'),
    'transfer-encoding': one('transfer-encoding'),
    range: one('range'),
    'if-match': one('if-match'),
    'if-none-match': one('if-none-match'),
    'user-agent': one('user-agent'),
    host: one('host'),
    authorization: one('authorization')?.split(' ', 1)[0],
  };
}
