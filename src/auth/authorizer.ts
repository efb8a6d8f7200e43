import { CodedError } from '../errors/coded-error.ts';
import { digestOf } from '../oci/digest.ts';
import { describeCredential } from './auth-errors.ts';
import type { ChosenChallenge } from './choose-challenge.ts';
import { encodeBasic } from './credentials/credential-secrets.ts';
import { parseRealm } from './realm.ts';
import { formatScopes, isPullOnly, unionScopes } from './scope.ts';
import { TokenCache } from './token-cache.ts';
import type { ExchangeableCredential, TokenService } from './token-service.ts';
import type { Credential, CredentialProvider, Scope } from './types.ts';

/** What a request is sent with, and where it comes from. */
export interface Authorization {
  readonly kind: 'none' | 'basic' | 'token' | 'registry-token';
  /** The value of the Authorization header; undefined with `none`. */
  readonly header: string | undefined;
  readonly credential: Credential | undefined;
  readonly scopes: readonly string[];
  /** Of kind `token`: whether it was asked for just now, and how to forget it. */
  readonly fresh: boolean;
  readonly drop: () => void;
}

export interface AuthorizerOptions {
  readonly registry: string;
  readonly origin: URL;
  readonly credentials: CredentialProvider;
  readonly tokens: TokenService;
  readonly now: () => number;
  /** A token for reading is asked for writing as well. */
  readonly anticipatePush: boolean;
}

export interface AuthorizeOptions {
  /** Scopes that the registry asked for besides our own. */
  readonly challenged: readonly string[];
  /** Leave credentials aside. */
  readonly anonymous: boolean;
}

/** How the registry wants to be asked, once it has said so. */
type Method =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: URL; readonly service: string | undefined };

/** Knows what one registry wants for an Authorization, and makes it. Before a challenge nothing is looked up or sent. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #cache: TokenCache;
  readonly #credentials = new Map<string, Promise<Credential | undefined>>();
  #method: Method | undefined;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#cache = new TokenCache(options.now);
  }

  /**
   * Takes a challenge as the way to ask from now on; false: that was known. `asked` is the request that it answered.
   * Throws `realm-refused`.
   */
  learn(challenge: ChosenChallenge, asked: string): boolean {
    const { origin } = this.#options;
    const method: Method =
      challenge.scheme === 'basic'
        ? { scheme: 'basic' }
        : { scheme: 'bearer', realm: parseRealm(challenge.realm, origin, asked), service: challenge.service };
    const known = JSON.stringify(this.#method) === JSON.stringify(method);
    this.#method = method;
    return !known;
  }

  /** The Authorization for a scope; a token is asked for where none is at hand. Throws as TokenService and CredentialProvider do. */
  async authorize(scope: Scope, { challenged, anonymous }: AuthorizeOptions): Promise<Authorization> {
    const scopes = unionScopes(formatScopes(anonymous ? scope : this.#anticipate(scope)), challenged);
    const method = this.#method;
    if (method === undefined) return nothing(scopes, undefined);
    const credential = anonymous ? undefined : await this.#credentialOf(scope.repository);
    if (credential?.kind === 'registry-token') return ready(scopes, credential, `Bearer ${credential.token}`);
    if (method.scheme === 'bearer') return await this.#withToken(method, scopes, credential);
    if (credential === undefined) return nothing(scopes, undefined);
    if (credential.kind === 'basic') {
      return ready(scopes, credential, `Basic ${encodeBasic(credential.username, credential.password)}`);
    }
    throw new CodedError(
      'credentials-refused',
      `${this.#options.registry} asks for a user name and a password, and ${describeCredential(credential)} is an identity token`,
      { hint: 'Give the inputs registry-username and registry-password.' },
    );
  }

  /** The credential of a repository, if a challenge has made us look for one already. */
  async knownCredential(repository: string): Promise<Credential | undefined> {
    return await this.#credentials.get(repository);
  }

  #anticipate(scope: Scope): Scope {
    return this.#options.anticipatePush && isPullOnly(scope) ? { ...scope, actions: ['pull', 'push'] } : scope;
  }

  /** Looked up once a repository, and only when a registry has asked. */
  #credentialOf(repository: string): Promise<Credential | undefined> {
    const { credentials, registry } = this.#options;
    const found = this.#credentials.get(repository) ?? credentials.find(registry, repository);
    this.#credentials.set(repository, found);
    return found;
  }

  async #withToken(
    { realm, service }: Method & { readonly scheme: 'bearer' },
    scopes: readonly string[],
    credential: ExchangeableCredential | undefined,
  ): Promise<Authorization> {
    const { registry, origin, tokens } = this.#options;
    const key = JSON.stringify([realm.href, service, identityOf(credential)]);
    const { token, fresh } = await this.#cache.obtain(key, scopes, () =>
      tokens.fetchToken({ registry, origin, realm, service, scopes, credential }),
    );
    return {
      kind: 'token',
      header: `Bearer ${token.value}`,
      credential,
      scopes: token.scopes,
      fresh,
      drop: () => this.#cache.drop(key, token),
    };
  }
}

function nothing(scopes: readonly string[], credential: Credential | undefined): Authorization {
  return { kind: 'none', header: undefined, credential, scopes, fresh: false, drop: () => undefined };
}

function ready(scopes: readonly string[], credential: Credential, header: string): Authorization {
  const kind = credential.kind === 'registry-token' ? 'registry-token' : 'basic';
  return { kind, header, credential, scopes, fresh: false, drop: () => undefined };
}

/** Tells credentials apart without keeping their secret in a key. */
function identityOf(credential: Credential | undefined): string {
  return credential === undefined ? '' : digestOf(JSON.stringify(credential));
}
