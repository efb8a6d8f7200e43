import { setTimeout as wait } from 'node:timers/promises';
import { CodedError } from '../errors/coded-error.ts';
import { FewAtATime } from '../net/few-at-a-time.ts';
import { parseRetryAfter } from '../net/retry-after.ts';
import type { BufferedResponse, HttpMethod, HttpRequest } from '../net/types.ts';
import { apiError, isLimited, rateLimitWait } from './api-error.ts';
import type { GithubClientOptions } from './create-github-client.ts';
import type { createOctokit, Octokit, OctokitFetch } from './octokit.ts';

/** The last version whose attestations may come with their bundle; both shapes are read. */
const API_VERSION = '2022-11-28';
const MAX_REDIRECTS = 3;
const MAX_RATE_LIMIT_RETRIES = 2;
const NULL_BODY = [204, 205, 304];
/** Of GitHub's headers those that somebody here or in Octokit looks at. */
const HEADERS = [
  'content-type',
  'link',
  'location',
  'retry-after',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
].concat('x-accepted-github-permissions');

export type GithubApiOptions = Omit<GithubClientOptions, 'apiUrl'> & { readonly apiUrl: URL };

export interface ApiRequest {
  /** Parameters of the route, query and body, as Octokit takes them. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly accept?: string;
  /** Of the answer's body; `github-api-failed` beyond. */
  readonly maxBytes: number;
  /** These statuses are answers, not errors. */
  readonly expect?: readonly number[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** The values of `Link`. */
  readonly link: readonly string[];
}

/** Requests to one GitHub instance: Octokit's routes and credentials, net/'s connections, errors with codes. */
export class GithubApi {
  readonly options: GithubApiOptions;
  /** What is known of repositories and refs, by what was asked. */
  readonly memory = new Map<string, Promise<string>>();
  /** What may be large is read a few at a time, however many images and platforms ask. */
  readonly lists = new FewAtATime(8);
  readonly bundles = new FewAtATime(4);
  readonly #octokit: Octokit;

  constructor(options: GithubApiOptions, create: typeof createOctokit) {
    this.options = options;
    const baseUrl = options.apiUrl.href.replace(/\/+$/, '');
    this.#octokit = create(baseUrl, options.token, () => Promise.reject(new TypeError('each request brings its own')));
  }

  get apiUrl(): URL {
    return this.options.apiUrl;
  }

  /**
   * `route` is `METHOD /path/{parameter}`, or `GET` and a whole URL of the API's own origin. Throws `github-api-failed`,
   * and `github-forbidden` where something was to be written.
   */
  async request(route: string, { parameters, accept, maxBytes, expect = [] }: ApiRequest): Promise<ApiAnswer> {
    let last: BufferedResponse | undefined;
    const fetch: OctokitFetch = async (url, init) => {
      last = await this.#send(new URL(url), init, maxBytes);
      return toFetchResponse(last, expect);
    };
    const headers = { 'x-github-api-version': API_VERSION, ...(accept !== undefined && { accept }) };
    try {
      await this.#octokit.request(route, { ...parameters, headers, request: { fetch } });
    } catch (thrown) {
      throw apiError(thrown, route, last);
    }
    if (last === undefined) throw new CodedError('internal', `${route} was not sent`);
    return {
      status: last.status,
      bytes: last.bytes,
      contentType: last.headers.get('content-type') ?? '',
      link: last.headers.all('link'),
    };
  }

  /** The answer after redirects within the API and waits for its rate limit. */
  async #send(first: URL, init: Parameters<OctokitFetch>[1], maxBytes: number): Promise<BufferedResponse> {
    let url = first;
    let redirects = 0;
    let waits = 0;
    for (;;) {
      const answer = await this.options.http.request(this.#httpRequest(url, init), maxBytes);
      const limited = waits < MAX_RATE_LIMIT_RETRIES ? rateLimitWait(answer, parseRetryAfter, Date.now()) : undefined;
      if (limited !== undefined) {
        waits++;
        await wait(limited, undefined, this.options.signal && { signal: this.options.signal });
        continue;
      }
      const next = redirects < MAX_REDIRECTS ? redirectOf(answer, init.method) : undefined;
      if (next === undefined) return answer;
      redirects++;
      url = next;
    }
  }

  #httpRequest(url: URL, { method = 'GET', headers, body }: Parameters<OctokitFetch>[1]): HttpRequest {
    if (url.origin !== this.apiUrl.origin) throw leftTheApi(this.apiUrl, url);
    return {
      method: method as HttpMethod,
      url,
      headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
      body: typeof body === 'string' ? new TextEncoder().encode(body) : undefined,
      followRedirects: false,
      signal: this.options.signal,
    };
  }
}

/** GitHub redirects what was renamed; the method stays the same with 307 and 308 only. */
function redirectOf({ status, headers, url }: BufferedResponse, method = 'GET'): URL | undefined {
  const follows = status === 307 || status === 308 || ((status === 301 || status === 302) && method === 'GET');
  const location = follows ? headers.get('location') : undefined;
  return location === undefined ? undefined : (URL.parse(location, url.href) ?? undefined);
}

function leftTheApi(apiUrl: URL, next: URL): CodedError {
  return new CodedError(
    'github-api-failed',
    `${apiUrl.origin} sends on to ${next.origin}, which is not the API: not followed`,
  );
}

/**
 * What Octokit makes its answer or its error of. A status that the caller expects passes for a success, unless it is a
 * rate limit, which says nothing of what was asked.
 */
function toFetchResponse(answer: BufferedResponse, expect: readonly number[]): Response {
  const { status, bytes, headers } = answer;
  const known = HEADERS.flatMap((name): [string, string][] => headers.all(name).map((value) => [name, value]));
  const shown = expect.includes(status) && !isLimited(answer) ? 200 : status;
  const body = NULL_BODY.includes(shown) ? null : new Uint8Array(bytes);
  // a redirect that was not followed is no answer
  return new Response(body, { status: shown >= 300 && shown < 400 ? 502 : shown, headers: known });
}
