import { hasCode } from '../errors/coded-error.ts';
import { redactUrl } from '../net/redact.ts';
import type { BufferedResponse, HttpClient, HttpRequest } from '../net/types.ts';
import { answerError, describeCredential, type Refusal, refusedError } from './auth-errors.ts';
import { encodeBasic } from './credentials/credential-secrets.ts';
import { refused as realmRefused } from './realm.ts';
import { mayReceiveCredential } from './realm-trust.ts';
import { type IssuedToken, parseTokenResponse } from './token-response.ts';
import type { Credential } from './types.ts';

/** A credential that can be exchanged for tokens. */
export type ExchangeableCredential = Exclude<Credential, { readonly kind: 'registry-token' }>;

export interface TokenRequest {
  /** The registry as the user names it, for messages. */
  readonly registry: string;
  /** scheme://host[:port] of the registry that named the realm. */
  readonly origin: URL;
  /** A realm that parseRealm let pass. */
  readonly realm: URL;
  readonly service: string | undefined;
  /** In the order in which they are sent. */
  readonly scopes: readonly string[];
  /** undefined: an anonymous token. */
  readonly credential: ExchangeableCredential | undefined;
}

export interface TokenServiceOptions {
  readonly http: HttpClient;
  /** Hosts (or host:port) besides the registry's own that may be given credentials. */
  readonly trustedRealms?: readonly string[] | undefined;
  /** Called with each token that comes in. */
  readonly onSecret?: ((value: string) => void) | undefined;
}

export interface TokenService {
  /**
   * Asks a token server, once. Throws `realm-refused`, `credentials-missing`, `credentials-refused`,
   * `scope-insufficient`, `token-invalid`, `redirect-refused`, `rate-limited`, `server-error`, `http-status`, or what
   * the network has to say.
   */
  fetchToken(request: TokenRequest): Promise<IssuedToken>;
}

const MAX_TOKEN_BYTES = 128 * 1024;
const CLIENT_ID = 'oci-referrers'; // the OAuth2 form of the token protocol asks for one; any will do

export function createTokenService(options: TokenServiceOptions): TokenService {
  return new HttpTokenService(options);
}

class HttpTokenService implements TokenService {
  readonly #options: TokenServiceOptions;
  /** What a server gave in place of an identity token, by the identity token and realm that we began with. */
  readonly #rotated = new Map<string, string>();
  /** The end of the last exchange of an identity token: where tokens rotate, two at a time would void each other. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(options: TokenServiceOptions) {
    this.#options = options;
  }

  async fetchToken(request: TokenRequest): Promise<IssuedToken> {
    this.#checkTrust(request);
    const token = await this.#exchange(request);
    this.#options.onSecret?.(token.value);
    if (token.refreshToken !== undefined) this.#options.onSecret?.(token.refreshToken);
    return token;
  }

  /** CVE-2026-48978, GHSA-28r5-37g7-p6mp: a registry must not have its credential sent to a place of its choice. */
  #checkTrust({ realm, origin, credential }: TokenRequest): void {
    if (credential === undefined || mayReceiveCredential(realm, origin, this.#options.trustedRealms)) return;
    const who = describeCredential(credential);
    throw realmRefused(redactUrl(realm), origin, `it is of another domain, and would be given ${who}`);
  }

  async #exchange(request: TokenRequest): Promise<IssuedToken> {
    const { credential } = request;
    if (credential?.kind !== 'identity-token') return await this.#get(request, basicHeaders(credential));
    return await this.#inTurn(`${request.realm.href} ${credential.token}`, async (key) => {
      const refreshToken = this.#rotated.get(key) ?? credential.token;
      const token = await this.#refresh(request, refreshToken, credential.username);
      if (token.refreshToken !== undefined) this.#rotated.set(key, token.refreshToken);
      return token;
    });
  }

  async #inTurn<T>(key: string, work: (key: string) => Promise<T>): Promise<T> {
    const before = this.#queues.get(key) ?? Promise.resolve();
    const turn = before.then(() => work(key));
    this.#queues.set(
      key,
      turn.catch(() => undefined), // whoever waits in line gets an answer of its own; this error goes to its asker
    );
    return await turn;
  }

  /** OAuth2 refresh; servers that know only the older GET answer 404 or 405 to it (go-containerregistry does the same). */
  async #refresh(request: TokenRequest, refreshToken: string, username = '<token>'): Promise<IssuedToken> {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
    form.set('client_id', CLIENT_ID);
    if (request.service !== undefined) form.set('service', request.service);
    if (request.scopes.length > 0) form.set('scope', request.scopes.join(' '));
    const response = await this.#send(request, {
      method: 'POST',
      url: request.realm,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new TextEncoder().encode(form.toString()),
    });
    if (response.status !== 404 && response.status !== 405) return readToken(request, 'POST', response);
    const credential = { kind: 'basic', username, password: refreshToken, origin: '' } as const;
    return await this.#get(request, basicHeaders(credential));
  }

  async #get(request: TokenRequest, headers: Readonly<Record<string, string>>): Promise<IssuedToken> {
    const response = await this.#send(request, { method: 'GET', url: buildTokenUrl(request), headers });
    return readToken(request, 'GET', response);
  }

  async #send(request: TokenRequest, http: HttpRequest): Promise<BufferedResponse> {
    try {
      // without the caller's signal: others may be waiting for the same token
      return await this.#options.http.request(
        { ...http, followRedirects: false, onBehalfOf: request.origin, purpose: 'auth' },
        MAX_TOKEN_BYTES,
      );
    } catch (error) {
      if (!hasCode(error, 'address-refused')) throw error;
      throw realmRefused(redactUrl(request.realm), request.origin, error.message, error);
    }
  }
}

/** The realm with `service` and each `scope` of its own; a query that the realm brings along is kept. */
function buildTokenUrl({ realm, service, scopes }: TokenRequest): URL {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return url;
}

function basicHeaders(credential: ExchangeableCredential | undefined): Readonly<Record<string, string>> {
  if (credential?.kind !== 'basic') return {};
  return { authorization: `Basic ${encodeBasic(credential.username, credential.password)}` };
}

function readToken(request: TokenRequest, method: string, response: BufferedResponse): IssuedToken {
  const { status, url } = response;
  if (status >= 200 && status < 300) {
    return parseTokenResponse(response, `the answer of ${redactUrl(url)}, the token server of ${request.registry},`);
  }
  throw explainStatus(request, { method, url, status, body: response.bytes });
}

function explainStatus(request: TokenRequest, refusal: Refusal): Error {
  const { status } = refusal;
  const server = `the token server of ${request.registry}`;
  // RFC 6749 §5.2: a refresh token that is not accepted is answered with 400
  const turnedAway = status === 401 || status === 403 || (status === 400 && refusal.method === 'POST');
  if (turnedAway) return refusedError(request, refusal, saysScope(refusal.body) ? 'scope' : 'credential');
  if (status >= 300 && status < 400) {
    return answerError('redirect-refused', `${server} redirects, which is not followed`, refusal);
  }
  if (status === 429) return answerError('rate-limited', `${server} is asked too often`, refusal);
  if (status >= 500) return answerError('server-error', `${server} gave no token`, refusal);
  return answerError('http-status', `${server} gave no token`, refusal);
}

/** Docker Hub refuses a token for more than a personal access token allows: "access token has insufficient scopes". */
function saysScope(body: Uint8Array): boolean {
  return /insufficient[ _-]?scope/i.test(new TextDecoder().decode(body.subarray(0, 4096)));
}
