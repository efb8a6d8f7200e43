import type { RegistryRequest, RegistryResponse } from '../exchange.ts';
import type { Route } from '../route.ts';
import type { AuthOptions } from './auth-options.ts';
import { BasicGate } from './basic-gate.ts';
import { BearerGate } from './bearer-gate.ts';

/** Lets a request through (undefined), or answers it. */
export interface RegistryGate {
  check(request: RegistryRequest, route: Route, origin: string): Promise<RegistryResponse | undefined>;
  /** Every token that was given out is worth nothing from now on. */
  revokeTokens(): void;
}

export function makeGate(options: AuthOptions | undefined): RegistryGate {
  switch (options?.kind) {
    case 'basic':
      return new BasicGate(options);
    case 'bearer':
      return new BearerGate(options);
    case undefined:
      return { check: async () => undefined, revokeTokens: () => undefined };
  }
}
