/** The HTTP contract between net/ and the layers above. Implemented by net/http-client.ts on undici. */
import type { LookupFunction } from 'node:net';
import type { EconomyCounter } from './economy.js';
import type { PendingRequests } from './pending-requests.js';
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** A body that can be sent again: bytes, or something that opens a fresh stream each time. `size` is bytes. */
export type RequestBody = Uint8Array | StreamBody;
export interface StreamBody {
    readonly size: number;
    open(): AsyncIterable<Uint8Array>;
}
/**
 * What a request is for. Economy counts by it, and the line at the end of a run prints `safety` apart:
 * `look-up` (is an equal artifact there already), `read-back` (is our digest listed), `settle` (fallback index re-reads).
 */
export type Purpose = 'main' | 'auth' | 'look-up' | 'read-back' | 'settle' | 'proof';
/**
 * - `idempotent` (default for GET, HEAD, PUT, DELETE): connection errors, 408, 429, 5xx except 501 and 505.
 * - `replayable` (default for POST, PATCH): 429, 503, and a connection that did not come about.
 * - `never`: the first answer counts (the PUT of a fallback index).
 *
 * What still fails after the last attempt is thrown if it is a network error, and returned if it is an answer.
 */
export type RetryPolicy = 'idempotent' | 'replayable' | 'never';
export interface HttpRequest {
    readonly method: HttpMethod;
    readonly url: URL;
    /** Names in lower case. `authorization` is sent to `url`'s origin only, whatever redirects follow. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: RequestBody | undefined;
    readonly retry?: RetryPolicy | undefined;
    readonly purpose?: Purpose | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Sent even after the signal of the whole client has fired: what cleans up after an end (default false). */
    readonly outlivesAbort?: boolean | undefined;
    /**
     * The registry on whose word this URL is asked, if the URL is not the registry's own (a token realm, an upload
     * location, a redirect target). Then https may not become http, link-local addresses are refused, and private or
     * loopback addresses are refused unless `onBehalfOf` is itself at one: `address-refused`. The registry's own origin
     * needs no leave. Redirects to other origins are judged so without being asked, on the word of `url`.
     */
    readonly onBehalfOf?: URL | undefined;
    /** Follow redirects of GET and HEAD (default true). Other methods never follow; the caller sees the 3xx. */
    readonly followRedirects?: boolean | undefined;
    /** Called as the body goes out: bytes sent so far. For progress. */
    readonly onSent?: ((bytes: number) => void) | undefined;
}
/** Response headers; names in any case. */
export interface ResponseHeaders {
    /** The first value. */
    get(name: string): string | undefined;
    /** Every value of a header that may be repeated, in order. */
    all(name: string): readonly string[];
}
interface ResponseBase {
    readonly status: number;
    readonly headers: ResponseHeaders;
    /** The URL that answered, after redirects. */
    readonly url: URL;
}
/** A response read whole, within the retries: a connection lost in the middle of the body is tried again. */
export interface BufferedResponse extends ResponseBase {
    readonly bytes: Uint8Array;
}
/** A response whose body is still to come; it must be read to its end or discarded. */
export interface StreamingResponse extends ResponseBase {
    /** Bytes as they arrive, once. Throws `response-truncated` when fewer come than Content-Length promised. */
    body(): AsyncIterable<Uint8Array>;
    discard(): Promise<void>;
}
export interface HttpClient {
    /**
     * Sends and reads the body, at most `maxBytes` of it (`response-too-large` beyond). Any status is a response, not an
     * error; network failures throw a NetError with a code of the network group.
     */
    request(request: HttpRequest, maxBytes: number): Promise<BufferedResponse>;
    /** The same with the body left to stream; for blobs. Retries only until the headers are there. */
    stream(request: HttpRequest): Promise<StreamingResponse>;
    readonly economy: Economy;
    /** Closes the pools; no request may follow. */
    close(): Promise<void>;
}
/** What a run cost. */
export interface Economy {
    /** Requests put on the wire, redirects and retries included. */
    readonly requests: number;
    /** Length of the longest chain of requests each of which began after the one before had ended. */
    readonly rounds: number;
    /** Attempts after the first. */
    readonly retries: number;
    /** Of bodies; headers are not counted. */
    readonly bytesSent: number;
    readonly bytesReceived: number;
    readonly byPurpose: Readonly<Record<Purpose, number>>;
}
/** One request, as a debug line shows it. URLs are redacted: no userinfo, no query values but those known harmless. */
export interface RequestTrace {
    readonly method: HttpMethod;
    readonly url: string;
    readonly status: number | undefined;
    readonly milliseconds: number;
    readonly attempt: number;
    readonly error?: string;
}
export interface HttpClientOptions {
    /** Requests at a time to one origin, default 8. */
    readonly concurrency?: number | undefined;
    /** Attempts after the first, default 5. */
    readonly retries?: number | undefined;
    /** Milliseconds for one attempt's headers, and for any pause within its body, default 60 000. */
    readonly timeoutMs?: number | undefined;
    /** No TLS verification. */
    readonly insecure?: boolean | undefined;
    /** PEM certificates to trust besides the built-in ones. */
    readonly ca?: string | undefined;
    /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY and their lower-case forms are read from here; default process.env. */
    readonly env?: Readonly<Record<string, string | undefined>> | undefined;
    readonly userAgent?: string | undefined;
    readonly onTrace?: ((trace: RequestTrace) => void) | undefined;
    /** Ends everything: the total deadline, or the user's interrupt. */
    readonly signal?: AbortSignal | undefined;
    /** Milliseconds of the first back-off step, default 250; tests lower it. */
    readonly backoffBaseMs?: number | undefined;
    /** Where its requests are counted, for several clients together; default a counter of its own. */
    readonly economy?: EconomyCounter | undefined;
    /** Where what it waits for is noted, for several clients together; default its own. */
    readonly pending?: PendingRequests | undefined;
    /** How names become addresses, default that of the system (node:dns). */
    readonly lookup?: LookupFunction | undefined;
}
export {};
