import { CodedError } from '../errors/coded-error.ts';

/** Bytes that may wait unread before the sender is asked to pause. */
const PAUSE_AT = 256 * 1024;
const RESUME_AT = 64 * 1024;

/** An unread rest up to this size is read away so that the connection can serve again; more is cut off. */
const DRAIN_LIMIT = 64 * 1024;

/** And for no longer than this. */
const DRAIN_MS = 1_000;

/** What the body needs of the connection that it arrives on. */
export interface BodySource {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/**
 * A response body as it arrives: pushed in by the connection, pulled out by one reader, with back-pressure between
 * them. It ends whole, or with an error that the reader sees after the bytes that came before it.
 */
export class IncomingBody {
  readonly #source: BodySource;
  readonly #announced: number | undefined;
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #received = 0;
  #state: 'open' | 'ended' | 'failed' = 'open';
  #error: Error | undefined;
  #taken = false;
  #draining = false;
  #wake: (() => void) | undefined;

  /** `announced` is the Content-Length, if there is one. */
  constructor(source: BodySource, announced: number | undefined) {
    this.#source = source;
    this.#announced = announced;
  }

  /** Bytes that have come so far. */
  get received(): number {
    return this.#received;
  }

  push(chunk: Uint8Array): void {
    this.#received += chunk.byteLength;
    this.#waiting += chunk.byteLength;
    if (this.#draining) {
      if (this.#waiting > DRAIN_LIMIT) this.#cutOff();
      return;
    }
    this.#chunks.push(chunk);
    if (this.#waiting > PAUSE_AT) this.#source.pause();
    this.#notify();
  }

  end(): void {
    this.#settle('ended', undefined);
  }

  fail(error: Error): void {
    this.#settle('failed', error);
  }

  /** The bytes as they arrive, once. Leaving the loop early discards the rest. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    // An empty body in place of one that is gone would pass for the truth.
    if (this.#taken || this.#draining) throw new CodedError('internal', 'a response body can be read once only');
    this.#taken = true;
    try {
      for (;;) {
        const chunk = await this.#next();
        if (chunk === undefined) return;
        yield chunk;
      }
    } finally {
      await this.discard();
    }
  }

  /** The first bytes, at most `limit` and all of them if fewer; they stay to be read. Errors are left to the reader. */
  async peek(limit: number): Promise<Uint8Array> {
    const enough = Math.min(limit, PAUSE_AT);
    while (this.#waiting < enough && this.#state === 'open') await this.#arrival();
    return concatBytes(this.#chunks).subarray(0, limit);
  }

  /** Lets go of what was not read: a short rest is read away, a long one costs the connection. Never throws. */
  async discard(): Promise<void> {
    this.#draining = true;
    this.#chunks.length = 0;
    this.#waiting = 0;
    if (this.#state !== 'open') return;
    if ((this.#announced ?? 0) - this.#received > DRAIN_LIMIT) return this.#cutOff();
    this.#source.resume();
    const timer = setTimeout(() => this.#cutOff(), DRAIN_MS);
    while (this.#state === 'open') await this.#arrival();
    clearTimeout(timer);
  }

  /** Closes the connection, and with it the body. */
  #cutOff(): void {
    this.#source.abort(new CodedError('aborted', 'the rest of the response is not wanted'));
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0 && this.#state === 'open') await this.#arrival();
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      if (this.#error !== undefined && !this.#draining) throw this.#error;
      return undefined;
    }
    this.#waiting -= chunk.byteLength;
    if (this.#waiting < RESUME_AT) this.#source.resume();
    return chunk;
  }

  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before?.();
        resolve();
      };
    });
  }

  #settle(state: 'ended' | 'failed', error: Error | undefined): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#error = error;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  return Buffer.concat(chunks);
}
