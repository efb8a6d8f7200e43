import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import type { Route } from '../route.ts';
import type { BasicAuthOptions } from './auth-options.ts';
import { basicUser } from './basic-credentials.ts';
import { neededAccess } from './needed-access.ts';
import type { RegistryGate } from './registry-gate.ts';

export class BasicGate implements RegistryGate {
  readonly #options: BasicAuthOptions;

  constructor(options: BasicAuthOptions) {
    this.#options = options;
  }

  async check(request: RegistryRequest, route: Route): Promise<RegistryResponse | undefined> {
    const { users, anonymousPull } = this.#options;
    const needed = neededAccess(request, route);
    const authorization = headerOf(request, 'authorization');
    const user = basicUser(users, authorization);
    // wrong credentials are refused even where none are needed, as registries do
    if (user === undefined) {
      return authorization === undefined && anonymousPull === true && needed?.action === 'pull'
        ? undefined
        : this.#unauthorized();
    }
    const isAllowed = needed === undefined || (users[user]?.allows?.(needed.repository, needed.action) ?? true);
    return isAllowed ? undefined : errorResponse(403, 'DENIED', 'requested access to the resource is denied');
  }

  revokeTokens(): void {}

  #unauthorized(): RegistryResponse {
    const regular = 'Basic realm="embedded registry"';
    const challenge = this.#options.challenge?.(regular) ?? regular;
    return errorResponse(401, 'UNAUTHORIZED', 'authentication required', undefined, { 'www-authenticate': challenge });
  }
}
