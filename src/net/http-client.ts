import { pause, signalsOf } from './abort.ts';
import { AddressGuard } from './address-guard.ts';
import { type Answer, bufferAnswer, streamAnswer } from './answer.ts';
import { Dispatchers } from './dispatchers.ts';
import { EconomyCounter } from './economy.ts';
import { HopSender } from './hop-sender.ts';
import { PendingRequests } from './pending-requests.ts';
import { askedWait, backoff, isRetryableError, isRetryableStatus, retryPolicyOf } from './retry.ts';
import { buildTrust } from './trust.ts';
import type { BufferedResponse, HttpClient, HttpClientOptions, HttpRequest, StreamingResponse } from './types.ts';

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_RETRIES = 5;
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_BACKOFF_BASE_MS = 250;

/** An HTTP client with its own connection pools. Throws `ca-file-invalid` when `ca` holds no certificate. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  return new UndiciHttpClient(options);
}

class UndiciHttpClient implements HttpClient {
  readonly economy: EconomyCounter;
  readonly #pending: PendingRequests;
  readonly #options: HttpClientOptions;
  readonly #dispatchers: Dispatchers;
  readonly #sender: HopSender;

  constructor(options: HttpClientOptions) {
    const guard = new AddressGuard(options.lookup);
    this.economy = options.economy ?? new EconomyCounter();
    this.#pending = options.pending ?? new PendingRequests();
    this.#options = options;
    this.#dispatchers = new Dispatchers({
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      trust: buildTrust(options),
      env: options.env ?? process.env,
      guard,
    });
    const { economy } = this;
    this.#sender = new HopSender({ options, guard, dispatchers: this.#dispatchers, economy, pending: this.#pending });
  }

  request(request: HttpRequest, maxBytes: number): Promise<BufferedResponse> {
    return this.#withRetries(request, (answer) => bufferAnswer(answer, maxBytes));
  }

  stream(request: HttpRequest): Promise<StreamingResponse> {
    return this.#withRetries(request, streamAnswer);
  }

  close(): Promise<void> {
    return this.#dispatchers.close();
  }

  /** Tries until an answer is worth having; the reading of it, by `finish`, belongs to the attempt. */
  async #withRetries<T>(request: HttpRequest, finish: (answer: Answer) => Promise<T>): Promise<T> {
    const policy = retryPolicyOf(request);
    const attempts = 1 + (this.#options.retries ?? DEFAULT_RETRIES);
    for (let attempt = 1; ; attempt++) {
      let asked: number | undefined = 0;
      try {
        const answer = await this.#sender.follow(request, attempt);
        const again = attempt < attempts && isRetryableStatus(answer.status, policy);
        asked = again ? await askedWait(answer) : undefined;
        if (asked === undefined) return await finish(answer);
        await answer.body.discard();
      } catch (thrown) {
        if (attempt >= attempts || !isRetryableError(thrown, policy)) throw thrown;
      }
      const wait = (asked ?? 0) + backoff(attempt, this.#options.backoffBaseMs ?? DEFAULT_BACKOFF_BASE_MS);
      const paused = this.#pending.pause({ method: request.method, url: request.url, attempt: attempt + 1 });
      try {
        await pause(wait, signalsOf(request, request.outlivesAbort === true ? {} : this.#options));
      } finally {
        paused();
      }
      this.economy.retried();
    }
  }
}
