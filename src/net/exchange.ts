import type { CodedError } from '../errors/coded-error.ts';
import { onAbort } from './abort.ts';
import { type ConnectionContext, toConnectionError } from './connection-error.ts';
import { IncomingBody } from './incoming-body.ts';
import type { NetPhase } from './net-error.ts';
import { openOutgoingBody } from './outgoing-body.ts';
import { buildResponseHeaders } from './response-headers.ts';
import type { HttpMethod, RequestBody, ResponseHeaders } from './types.ts';
import type { Dispatcher } from './undici-inner.ts';

/** One request on one connection: no redirects, no retries. */
export interface ExchangeOptions {
  readonly dispatcher: Dispatcher;
  /** Of the proxy, redacted, for messages. */
  readonly proxy: string | undefined;
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody | undefined;
  readonly signals: readonly AbortSignal[];
  readonly attempt: number;
  readonly observer: ExchangeObserver;
}

/** Sees what goes over the wire. */
export interface ExchangeObserver {
  /** Bytes of body that went out, as they go. */
  sent(bytes: number): void;
  /** Bytes of body that came in, as they come. */
  received(bytes: number): void;
  /** Once: the response is complete, or will never be. */
  settled(status: number | undefined, error: CodedError | undefined): void;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: IncomingBody;
}

/** Sends, and resolves when the headers of the answer are there. Throws coded errors only. */
export function exchange(options: ExchangeOptions): Promise<Exchanged> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  const handler = new ExchangeHandler(options, resolve, reject);
  const { url, dispatcher } = options;
  if (!handler.aborted) {
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: options.method,
        headers: { ...options.headers, ...contentLength(options.body) },
        body: handler.body as NonNullable<Dispatcher.DispatchOptions['body']> | null,
        // undici closes the connection after a HEAD, for servers that send a body with it. One that does is cut off
        // by the parser anyway, and a registry client sends too many HEADs to pay a TLS handshake for each.
        ...(options.method === 'HEAD' ? { reset: false } : {}),
      },
      handler,
    );
  }
  return promise;
}

function contentLength(body: RequestBody | undefined): Record<string, string> {
  if (body === undefined || body instanceof Uint8Array || body.size === 0) return {};
  return { 'content-length': String(body.size) };
}

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly #options: ExchangeOptions;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (error: CodedError) => void;
  #stopListening: () => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #incoming: IncomingBody | undefined;
  #phase: NetPhase = 'connect';
  #abortError: CodedError | undefined;
  #status: number | undefined;
  #settled = false;

  constructor(options: ExchangeOptions, resolve: (exchanged: Exchanged) => void, reject: (error: CodedError) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.body = openOutgoingBody(options.body);
    this.#stopListening = onAbort(options.signals, (error) => this.#abort(error));
  }

  get aborted(): boolean {
    return this.#abortError !== undefined;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#phase = 'request';
    if (this.#abortError !== undefined) controller.abort(this.#abortError);
  }

  onBodySent(chunk: Uint8Array): void {
    this.#options.observer.sent(chunk.byteLength);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return; // 1xx: the answer proper is still to come (RFC 9110 §15.2).
    this.#phase = 'body';
    this.#status = status;
    const raw = controller.rawHeaders;
    const headers = buildResponseHeaders(Array.isArray(raw) ? raw : []);
    const announced = this.#options.method === 'HEAD' ? undefined : headers.get('content-length');
    const incoming = new IncomingBody(controller, announced === undefined ? undefined : Number(announced));
    this.#incoming = incoming;
    this.#resolve({ status, headers, body: incoming });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#options.observer.received(chunk.byteLength);
    this.#incoming?.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle(undefined);
    // The pool counts the connection as free only from its own setImmediate on, queued right after this call. A reader
    // that learned of the end before that would get its next request a new connection, with a TLS handshake.
    queueMicrotask(() => setImmediate(() => this.#incoming?.end()));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, thrown: Error): void {
    this.#fail(this.#abortError ?? toConnectionError(thrown, this.#context()));
  }

  #abort(error: CodedError): void {
    this.#abortError = error;
    this.#controller?.abort(error);
    // While it waits for a connection there is no controller yet: the caller need not wait for it.
    this.#fail(error);
  }

  #fail(error: CodedError): void {
    this.#settle(error);
    if (this.#incoming === undefined) this.#reject(error);
    else this.#incoming.fail(error);
  }

  #settle(error: CodedError | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#stopListening();
    this.#options.observer.settled(this.#status, error);
  }

  #context(): ConnectionContext {
    const { method, url, attempt, proxy } = this.#options;
    return { method, url, attempts: attempt, phase: this.#phase, proxy };
  }
}
