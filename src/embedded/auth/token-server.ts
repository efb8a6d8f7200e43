import { randomBytes } from 'node:crypto';
import { headerOf, jsonResponse, type RegistryRequest, type RegistryResponse, readBody } from '../exchange.ts';
import type { BearerAuthOptions } from './auth-options.ts';
import { basicUser, passwordFits } from './basic-credentials.ts';
import { type NeededAccess, parseScope } from './needed-access.ts';
import type { TokenStore } from './token-store.ts';

const DEFAULT_SECONDS = 300;
const MAX_FORM_BYTES = 64 * 1024;

/** Who asks: a user, nobody in particular, or somebody with wrong credentials. */
type Asker = { readonly user: string | undefined } | 'refused';

/** GET with Basic, and the OAuth2 POST with password or refresh token (distribution's token and oauth2 documents). */
export class TokenServer {
  readonly #options: BearerAuthOptions;
  readonly #tokens: TokenStore;
  readonly #refreshTokens: Map<string, string>;

  constructor(options: BearerAuthOptions, tokens: TokenStore) {
    this.#options = options;
    this.#tokens = tokens;
    this.#refreshTokens = new Map(Object.entries(options.refreshTokens ?? {}));
  }

  async answer(request: RegistryRequest): Promise<RegistryResponse> {
    const { method } = request;
    const methods: readonly string[] = this.#options.tokenMethods ?? ['GET', 'POST'];
    if (!methods.includes(method)) return jsonResponse(405, { error: 'unsupported' });
    return method === 'GET' ? this.#answerGet(request) : await this.#answerPost(request);
  }

  #answerGet(request: RegistryRequest): RegistryResponse {
    const authorization = headerOf(request, 'authorization');
    const user = basicUser(this.#options.users, authorization);
    if (user === undefined && authorization !== undefined) return refused();
    const scopes = request.query.getAll('scope');
    return this.#grant({ user }, scopes, request.query.get('offline_token') === 'true');
  }

  async #answerPost(request: RegistryRequest): Promise<RegistryResponse> {
    const body = await readBody(request, MAX_FORM_BYTES);
    const form = new URLSearchParams(Buffer.from(body ?? []).toString('utf8'));
    if (!form.has('client_id') || !form.has('service')) return jsonResponse(400, { error: 'invalid_request' });
    const refreshToken = form.get('refresh_token');
    const asker = this.#askerOf(form);
    const rotates = refreshToken !== null && this.#options.rotateRefreshTokens === true;
    if (rotates) this.#refreshTokens.delete(refreshToken);
    return this.#grant(asker, form.getAll('scope'), rotates || form.get('access_type') === 'offline');
  }

  #askerOf(form: URLSearchParams): Asker {
    const user =
      form.get('grant_type') === 'refresh_token'
        ? this.#refreshTokens.get(form.get('refresh_token') ?? '')
        : passwordFits(this.#options.users, form.get('username') ?? '', form.get('password') ?? '');
    return user === undefined ? 'refused' : { user };
  }

  /** A token for as much of the scopes as the asker may have; asking for more is no error. */
  #grant(asker: Asker, scopes: readonly string[], wantsRefreshToken: boolean): RegistryResponse {
    if (asker === 'refused') return refused();
    const asked = scopes.flatMap((scope) => scope.split(' ')).flatMap(parseScope);
    const seconds = this.#options.expiresInSeconds ?? DEFAULT_SECONDS;
    const granted = asked.filter((access) => this.#mayHave(asker.user, access));
    const token = this.#tokens.issue(granted, seconds);
    const { user } = asker;
    const regular = {
      token,
      access_token: token,
      expires_in: seconds,
      issued_at: new Date().toISOString(),
      ...(wantsRefreshToken && user !== undefined && { refresh_token: this.#issueRefreshToken(user) }),
    };
    const answer = this.#options.tokenAnswer?.(regular) ?? regular;
    return jsonResponse(200, answer);
  }

  #mayHave(user: string | undefined, { repository, action }: NeededAccess): boolean {
    if (user === undefined) return this.#options.anonymousPull === true && action === 'pull';
    return this.#options.users[user]?.allows?.(repository, action) ?? true;
  }

  #issueRefreshToken(user: string): string {
    const token = randomBytes(24).toString('base64url');
    this.#refreshTokens.set(token, user);
    return token;
  }
}

function refused(): RegistryResponse {
  return jsonResponse(401, { errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }] });
}
