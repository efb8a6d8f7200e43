import { coversScopes } from './scope.ts';
import type { IssuedToken } from './token-response.ts';

/** A token that is kept, and what it was asked for. */
export interface HeldToken {
  readonly value: string;
  readonly scopes: readonly string[];
  /** On the clock of the cache, milliseconds; earlier than the server's word, so that no request is late. */
  readonly usableUntil: number;
}

export interface ObtainedToken {
  readonly token: HeldToken;
  /** Whether it was asked for just now: a registry that refuses it has not merely forgotten it. */
  readonly fresh: boolean;
}

const MAX_MARGIN_MS = 30_000;

/** Tokens by key (realm, service, credential) and scopes. Of callers who want the same at once, one asks. */
export class TokenCache {
  readonly #now: () => number;
  readonly #held = new Map<string, readonly HeldToken[]>();
  readonly #pending = new Map<string, Promise<HeldToken>>();

  /** `now` in milliseconds, from any fixed point on. */
  constructor(now: () => number) {
    this.#now = now;
  }

  async obtain(key: string, scopes: readonly string[], fetchToken: () => Promise<IssuedToken>): Promise<ObtainedToken> {
    const held = this.#find(key, scopes);
    if (held !== undefined) return { token: held, fresh: false };
    const flight = JSON.stringify([key, scopes.toSorted()]);
    const pending = this.#pending.get(flight) ?? this.#start(key, scopes, fetchToken, flight);
    return { token: await pending, fresh: true };
  }

  /** Forgets a token that a registry refused; one that has come in its place since stays. */
  drop(key: string, token: HeldToken): void {
    this.#held.set(
      key,
      this.#tokensOf(key).filter((held) => held !== token),
    );
  }

  #find(key: string, scopes: readonly string[]): HeldToken | undefined {
    const usable = this.#tokensOf(key).filter(({ usableUntil }) => usableUntil > this.#now());
    this.#held.set(key, usable);
    return usable.find((token) => coversScopes(token.scopes, scopes));
  }

  #start(
    key: string,
    scopes: readonly string[],
    fetchToken: () => Promise<IssuedToken>,
    flight: string,
  ): Promise<HeldToken> {
    const asked = this.#now();
    const pending = fetchToken()
      .then(({ value, lifetimeMs }) => {
        const usableUntil = asked + lifetimeMs - Math.min(MAX_MARGIN_MS, lifetimeMs / 4);
        const token: HeldToken = { value, scopes, usableUntil };
        this.#held.set(key, [...this.#tokensOf(key), token]);
        return token;
      })
      .finally(() => this.#pending.delete(flight));
    this.#pending.set(flight, pending);
    return pending;
  }

  #tokensOf(key: string): readonly HeldToken[] {
    return this.#held.get(key) ?? [];
  }
}
