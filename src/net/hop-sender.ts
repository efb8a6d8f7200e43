import { signalsOf, throwIfAborted } from './abort.ts';
import type { AddressGuard } from './address-guard.ts';
import type { Answer } from './answer.ts';
import { toConnectionError } from './connection-error.ts';
import type { Dispatchers } from './dispatchers.ts';
import type { EconomyCounter } from './economy.ts';
import { type Exchanged, type ExchangeObserver, exchange } from './exchange.ts';
import { NetError, type NetErrorContext } from './net-error.ts';
import type { PendingRequests } from './pending-requests.ts';
import { redactUrl } from './redact.ts';
import { headersAcross, MAX_REDIRECTS, redirectTarget } from './redirect.ts';
import { steadyNow } from './steady-now.ts';
import type { HttpClientOptions, HttpRequest } from './types.ts';

export interface HopSenderOptions {
  readonly options: HttpClientOptions;
  readonly dispatchers: Dispatchers;
  readonly guard: AddressGuard;
  readonly economy: EconomyCounter;
  readonly pending: PendingRequests;
}

/** One request to one URL, on the way to an answer. */
interface Hop {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** On whose word this URL is asked, if not the user's. */
  readonly onBehalfOf: URL | undefined;
}

/** Sends a request and goes where redirects lead; one attempt. */
export class HopSender {
  readonly #options: HttpClientOptions;
  readonly #dispatchers: Dispatchers;
  readonly #guard: AddressGuard;
  readonly #economy: EconomyCounter;
  readonly #pending: PendingRequests;

  constructor({ options, dispatchers, guard, economy, pending }: HopSenderOptions) {
    this.#options = options;
    this.#dispatchers = dispatchers;
    this.#guard = guard;
    this.#economy = economy;
    this.#pending = pending;
  }

  async follow(request: HttpRequest, attempt: number): Promise<Answer> {
    const { method } = request;
    const seen = new Set<string>();
    let hop: Hop = { url: request.url, headers: this.#headers(request), onBehalfOf: request.onBehalfOf };
    for (;;) {
      seen.add(hop.url.href);
      const exchanged = await this.#send(request, hop, attempt);
      const target = await this.#nextUrl(request, hop.url, exchanged, attempt);
      if (target === undefined) return { ...exchanged, method, url: hop.url, attempt };
      const context = { method, url: hop.url, attempts: attempt, phase: 'body' } as const;
      if (seen.has(target.href) || seen.size > MAX_REDIRECTS) throw loop(target, seen, context);
      hop = {
        url: target,
        headers: headersAcross(hop.url, target, hop.headers),
        onBehalfOf: vouchedBy(request, target),
      };
    }
  }

  #headers(request: HttpRequest): Readonly<Record<string, string>> {
    const userAgent = this.#options.userAgent ?? 'oci-referrers';
    return { 'user-agent': userAgent, ...request.headers, 'accept-encoding': 'identity' };
  }

  async #nextUrl(
    request: HttpRequest,
    url: URL,
    { status, headers, body }: Exchanged,
    attempt: number,
  ): Promise<URL | undefined> {
    if (request.followRedirects === false) return undefined;
    try {
      const context = { method: request.method, url, attempts: attempt, phase: 'body' } as const;
      const target = redirectTarget(request.method, status, headers, context);
      if (target !== undefined) await body.discard();
      return target;
    } catch (refusal) {
      await body.discard();
      throw refusal;
    }
  }

  async #send(request: HttpRequest, hop: Hop, attempt: number): Promise<Exchanged> {
    const { method, body } = request;
    const { url, headers, onBehalfOf } = hop;
    const signals = signalsOf(request, request.outlivesAbort === true ? {} : this.#options);
    try {
      if (onBehalfOf !== undefined) await this.#guard.checkTarget(url, onBehalfOf);
      const { dispatcher, proxy } = await this.#dispatchers.route(url, onBehalfOf);
      throwIfAborted(signals);
      const observer = this.#observe(request, url, attempt);
      return await exchange({ dispatcher, proxy, method, url, headers, body, signals, attempt, observer });
    } catch (thrown) {
      throw toConnectionError(thrown, { method, url, attempts: attempt, phase: 'connect' });
    }
  }

  #observe(request: HttpRequest, url: URL, attempt: number): ExchangeObserver {
    const ticket = this.#economy.begin(request.purpose ?? 'main');
    const ended = this.#pending.begin({ method: request.method, url, attempt });
    const began = steadyNow();
    let sent = 0;
    return {
      sent: (bytes) => {
        sent += bytes;
        ticket.sent(bytes);
        request.onSent?.(sent);
      },
      received: (bytes) => ticket.received(bytes),
      settled: (status, error) => {
        ticket.end();
        ended(status);
        this.#options.onTrace?.({
          method: request.method,
          url: redactUrl(url),
          status,
          milliseconds: Math.round(steadyNow() - began),
          attempt,
          ...(error === undefined ? {} : { error: error.code }),
        });
      },
    };
  }
}

/**
 * Whatever the hops between, it is the first URL that leads on. Where that one was itself asked on a registry's word, a
 * redirect within its origin is no more trusted than it was: its name may resolve elsewhere by now.
 */
function vouchedBy({ url, onBehalfOf }: HttpRequest, target: URL): URL | undefined {
  return target.origin === url.origin ? onBehalfOf : url;
}

function loop(target: URL, seen: ReadonlySet<string>, context: NetErrorContext): NetError {
  const back = seen.has(target.href);
  const what = back ? `redirects lead back to ${redactUrl(target)}` : `more than ${MAX_REDIRECTS} redirects`;
  return new NetError('redirect-loop', what, context);
}
