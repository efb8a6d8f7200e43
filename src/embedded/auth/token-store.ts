import { randomBytes } from 'node:crypto';
import type { NeededAccess } from './needed-access.ts';

interface IssuedToken {
  readonly access: ReadonlySet<string>;
  /** performance.now() at its end. */
  readonly expiresAt: number;
}

/** Bearer tokens that were given out, and what they allow. */
export class TokenStore {
  readonly #tokens = new Map<string, IssuedToken>();

  issue(access: readonly NeededAccess[], seconds: number): string {
    const token = randomBytes(24).toString('base64url');
    const keys = access.map(keyOf);
    this.#tokens.set(token, { access: new Set(keys), expiresAt: performance.now() + seconds * 1000 });
    return token;
  }

  /** `unknown`: never given out, revoked, or past its time. */
  check(token: string, needed: NeededAccess | undefined): 'allowed' | 'insufficient' | 'unknown' {
    const issued = this.#tokens.get(token);
    if (issued === undefined || issued.expiresAt < performance.now()) return 'unknown';
    return needed === undefined || issued.access.has(keyOf(needed)) ? 'allowed' : 'insufficient';
  }

  revokeAll(): void {
    this.#tokens.clear();
  }
}

function keyOf({ repository, action }: NeededAccess): string {
  return `${action} ${repository}`;
}
