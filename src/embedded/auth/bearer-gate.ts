import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import { type Route, TOKEN_PATH } from '../route.ts';
import type { BearerAuthOptions } from './auth-options.ts';
import { formatScope, type NeededAccess, neededAccess } from './needed-access.ts';
import type { RegistryGate } from './registry-gate.ts';
import { TokenServer } from './token-server.ts';
import { TokenStore } from './token-store.ts';

const DEFAULT_SERVICE = 'embedded-registry';

/** Bearer tokens as distribution's token specification has them, with the token server in the same process. */
export class BearerGate implements RegistryGate {
  readonly #options: BearerAuthOptions;
  readonly #tokens = new TokenStore();
  readonly #server: TokenServer;

  constructor(options: BearerAuthOptions) {
    this.#options = options;
    this.#server = new TokenServer(options, this.#tokens);
  }

  async check(request: RegistryRequest, route: Route, origin: string): Promise<RegistryResponse | undefined> {
    if (route.kind === 'token') return this.#server.answer(request);
    const needed = neededAccess(request, route);
    const token = /^bearer +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
    const verdict = token === undefined ? 'unknown' : this.#tokens.check(token, needed);
    if (verdict === 'allowed') return undefined;
    if (verdict === 'unknown') return this.#challenge(request, needed, origin, undefined);
    return this.#options.insufficientScope === 403
      ? errorResponse(403, 'DENIED', 'requested access to the resource is denied')
      : this.#challenge(request, needed, origin, 'insufficient_scope');
  }

  revokeTokens(): void {
    this.#tokens.revokeAll();
  }

  #challenge(
    request: RegistryRequest,
    needed: NeededAccess | undefined,
    origin: string,
    error: string | undefined,
  ): RegistryResponse {
    const mountFrom = request.query.get('from');
    const scopes = needed === undefined ? [] : [formatScope(needed)];
    if (mountFrom !== null && scopes.length > 0) scopes.push(`repository:${mountFrom}:pull`);
    const parameters = [
      `realm="${origin}${TOKEN_PATH}"`,
      `service="${this.#options.service ?? DEFAULT_SERVICE}"`,
      ...(scopes.length === 0 ? [] : [`scope="${scopes.join(' ')}"`]),
      ...(error === undefined ? [] : [`error="${error}"`]),
    ];
    const regular = `Bearer ${parameters.join(',')}`;
    const challenge = this.#options.challenge?.(regular) ?? regular;
    return errorResponse(401, 'UNAUTHORIZED', 'authentication required', undefined, { 'www-authenticate': challenge });
  }
}
