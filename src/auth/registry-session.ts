import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import { redactUrl } from '../net/redact.ts';
import { steadyNow } from '../net/steady-now.ts';
import type { HttpClient, HttpRequest } from '../net/types.ts';
import { answerError, isAuthRefusal, type Refusal, refusedError } from './auth-errors.ts';
import { type Authorization, Authorizer } from './authorizer.ts';
import { parseChallenges } from './challenge.ts';
import { type ChosenChallenge, chooseChallenge } from './choose-challenge.ts';
import { GITHUB_TOKEN_ORIGIN } from './credentials/fixed-credentials.ts';
import { FirstContact } from './first-contact.ts';
import { askForeignHost } from './foreign-host.ts';
import { type AnyResponse, discard, readRefusal } from './refusal-body.ts';
import { coversScopes, isPullOnly } from './scope.ts';
import { createTokenService } from './token-service.ts';
import type { CredentialProvider, RegistrySession, Scope } from './types.ts';

export interface RegistrySessionOptions {
  readonly http: HttpClient;
  /** scheme://host[:port] of the registry. */
  readonly origin: URL;
  /** The registry as the user names it (`docker.io` for registry-1.docker.io): what credentials are looked up by. */
  readonly registry: string;
  readonly credentials: CredentialProvider;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** Called with each token that comes in: mask it. Credentials are reported by their provider. */
  readonly onSecret?: ((value: string) => void) | undefined;
  /** Hosts (or host:port) besides the registry's own that may be given its credential as token servers. */
  readonly trustedRealms?: readonly string[] | undefined;
  /**
   * The run will write to what it reads, so that one token for both saves a second token call. Default false: each
   * token is for no more than its request needs.
   */
  readonly anticipatePush?: boolean | undefined;
  /** A challenge is likely: the first request goes alone, and those begun beside it wait for its answer. Default false. */
  readonly expectChallenge?: boolean | undefined;
  /** Milliseconds on any steady clock; default Node's. */
  readonly now?: (() => number) | undefined;
}

/**
 * Requests to one registry with the Authorization that it asks for. The first request goes out bare; what its 401
 * teaches (Bearer with which token server, or Basic) is remembered, so that later ones bring theirs along. A 401 that
 * cannot be answered throws: `credentials-missing`, `credentials-refused`, `scope-insufficient`, `challenge-invalid`,
 * `realm-refused`, or what the token server or the credential provider threw. Any other status is a response.
 *
 * Requests to another origin (an upload location) go through without any Authorization, on the registry's word.
 */
export function createRegistrySession(options: RegistrySessionOptions): RegistrySession {
  const flow = new SessionFlow(options);
  return {
    origin: options.origin,
    request: (request, maxBytes, scope) =>
      flow.send(request, scope, (authorized) => options.http.request(authorized, maxBytes)),
    stream: (request, scope) => flow.send(request, scope, (authorized) => options.http.stream(authorized)),
  };
}

/** Bare, with a token, with a new one, with one for more: no registry has a reason to ask for a fifth. */
const MAX_TRIES = 4;

type Transport<R extends AnyResponse> = (request: HttpRequest) => Promise<R>;

class SessionFlow {
  readonly #options: RegistrySessionOptions;
  readonly #authorizer: Authorizer;
  /** Repositories that anonymous access may read, and the default token may not. */
  readonly #anonymous = new Set<string>();
  readonly #firstContact: FirstContact;

  constructor(options: RegistrySessionOptions) {
    this.#options = options;
    this.#firstContact = new FirstContact(options.expectChallenge ?? false);
    this.#authorizer = new Authorizer({
      ...options,
      now: options.now ?? steadyNow,
      anticipatePush: options.anticipatePush ?? false,
      tokens: createTokenService(options),
    });
  }

  async send<R extends AnyResponse>(request: HttpRequest, scope: Scope, transport: Transport<R>): Promise<R> {
    const { origin } = this.#options;
    if (request.url.origin !== origin.origin) {
      return await transport({ ...withAuthorization(request, undefined), onBehalfOf: request.onBehalfOf ?? origin });
    }
    if (isPullOnly(scope) && this.#anonymous.has(scope.repository)) {
      return await this.#sendAs(request, scope, transport, true);
    }
    let response: R;
    try {
      response = await this.#sendAs(request, scope, transport, false);
    } catch (error) {
      if (!(error instanceof CodedError) || !isAuthRefusal(error)) throw error;
      const instead = await this.#readAnonymously(request, scope, transport);
      if (instead === undefined) throw error;
      return instead;
    }
    if (response.status !== 403) return response;
    const instead = await this.#readAnonymously(request, scope, transport);
    if (instead === undefined) return response;
    await discard(response);
    return instead;
  }

  async #sendAs<R extends AnyResponse>(
    request: HttpRequest,
    scope: Scope,
    transport: Transport<R>,
    anonymous: boolean,
  ): Promise<R> {
    const answered = await this.#firstContact.enter();
    try {
      return await this.#sendUntilContent(request, scope, transport, anonymous, answered);
    } finally {
      answered();
    }
  }

  /** Sends until the registry is content with the Authorization, or there is no better one to be had. */
  async #sendUntilContent<R extends AnyResponse>(
    request: HttpRequest,
    scope: Scope,
    transport: Transport<R>,
    anonymous: boolean,
    answered: () => void,
  ): Promise<R> {
    let challenged: readonly string[] = [];
    let refusal: Refusal | undefined;
    for (let tries = 1; ; tries++) {
      const used = await this.#authorizer.authorize(scope, { challenged, anonymous });
      if (refusal !== undefined && used.header === undefined) throw this.#refused(used, refusal, 'credential');
      const response = await transport(withAuthorization(request, used.header));
      if (response.status !== 401) return response;
      if (response.url.origin !== this.#options.origin.origin) {
        return await askForeignHost(request, response, transport, this.#options);
      }
      const headers = response.headers.all('www-authenticate');
      refusal = await readRefusal(request.method, response);
      const challenge = chooseChallenge(parseChallenges(headers));
      if (challenge === undefined) throw this.#unanswerable(headers, refusal);
      const next = tries < MAX_TRIES ? this.#nextStep(used, challenge, refusal, challenged.length > 0) : undefined;
      answered();
      if (next === undefined) throw this.#refused(used, refusal, saysScope(challenge) ? 'scope' : 'credential');
      if (next === 'widen' && challenge.scheme === 'bearer') challenged = challenge.scopes;
    }
  }

  /** What makes the next try differ from the one that was refused; undefined: nothing would. */
  #nextStep(
    used: Authorization,
    challenge: ChosenChallenge,
    { method, url }: Refusal,
    widened: boolean,
  ): 'learned' | 'renew' | 'widen' | undefined {
    const learned = this.#authorizer.learn(challenge, `${method} ${redactUrl(url)}`);
    if (used.kind === 'none') return 'learned'; // now, or by a request at the same time
    if (used.kind === 'registry-token') return undefined;
    if (used.kind === 'basic') return challenge.scheme === 'bearer' ? 'learned' : undefined;
    used.drop();
    if (challenge.scheme !== 'bearer') return 'learned';
    if (!coversScopes(used.scopes, challenge.scopes)) return widened ? undefined : 'widen';
    if (!used.fresh) return 'renew';
    return learned ? 'learned' : undefined;
  }

  /**
   * The job's default token may know less than a stranger: it is refused for packages of others that are public. One
   * try without it, for reading only; undefined if that did not work either, and the first refusal stands.
   */
  async #readAnonymously<R extends AnyResponse>(
    request: HttpRequest,
    scope: Scope,
    transport: Transport<R>,
  ): Promise<R | undefined> {
    const credential = await this.#authorizer.knownCredential(scope.repository);
    if (credential?.origin !== GITHUB_TOKEN_ORIGIN || !isPullOnly(scope)) return undefined;
    let response: R;
    try {
      response = await this.#sendAs(request, scope, transport, true);
    } catch (error) {
      if (error instanceof CodedError && isAuthRefusal(error)) return undefined; // the caller throws the first refusal
      throw error;
    }
    if (response.status === 403 || response.status === 429 || response.status >= 500) {
      await discard(response);
      return undefined;
    }
    this.#rememberAnonymous(scope.repository);
    return response;
  }

  #rememberAnonymous(repository: string): void {
    if (this.#anonymous.size === 0) {
      this.#options.onWarning?.({
        code: 'anonymous-retry',
        message: `${this.#options.registry} refused the job's github-token for reading ${repository}, and anonymous access worked: it is used from here on. Give the job \`permissions: packages: read\`, or let the package's settings admit this repository.`,
        subject: `${this.#options.registry}/${repository}`,
      });
    }
    this.#anonymous.add(repository);
  }

  #refused(used: Authorization, refusal: Refusal, why: 'credential' | 'scope'): CodedError {
    const { credential, scopes } = used;
    return refusedError({ registry: this.#options.registry, credential, scopes }, refusal, why);
  }

  #unanswerable(headers: readonly string[], refusal: Refusal): CodedError {
    const offered = parseChallenges(headers).map(({ scheme }) => scheme);
    const what = offered.length === 0 ? 'without a challenge' : `with ${offered.join(', ')} only`;
    return answerError(
      'challenge-invalid',
      `${this.#options.registry} asks for credentials ${what}, where Bearer (with a realm) or Basic is expected`,
      refusal,
      'A proxy or a login page may stand before the registry.',
    );
  }
}

/** The request with this Authorization and no other. */
function withAuthorization(request: HttpRequest, authorization: string | undefined): HttpRequest {
  const { authorization: _given, ...others } = request.headers ?? {};
  return { ...request, headers: authorization === undefined ? others : { ...others, authorization } };
}

function saysScope(challenge: ChosenChallenge): boolean {
  return challenge.scheme === 'bearer' && challenge.error === 'insufficient_scope';
}
