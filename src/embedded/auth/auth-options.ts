export type RegistryAction = 'pull' | 'push' | 'delete';

export interface RegistryUser {
  readonly password: string;
  /** Default: everything. */
  readonly allows?: (repository: string, action: RegistryAction) => boolean;
}

interface CommonAuthOptions {
  readonly users: Readonly<Record<string, RegistryUser>>;
  /** Reading needs no credentials; default false. */
  readonly anonymousPull?: boolean;
  /** The `WWW-Authenticate` to be sent in place of the regular one; several values become several headers. */
  readonly challenge?: (challenge: string) => string | readonly string[];
}

/** Basic on every request, as ECR does. */
export interface BasicAuthOptions extends CommonAuthOptions {
  readonly kind: 'basic';
}

/** Tokens from the registry's own token server at `/token`. */
export interface BearerAuthOptions extends CommonAuthOptions {
  readonly kind: 'bearer';
  /** Default `embedded-registry`. */
  readonly service?: string;
  /** Seconds that a token is good for, default 300. */
  readonly expiresInSeconds?: number;
  /** Which requests the token server knows, default both: GET with Basic, and the OAuth2 POST. */
  readonly tokenMethods?: readonly ('GET' | 'POST')[];
  /** The answer of the token server in place of the regular one. */
  readonly tokenAnswer?: (answer: Readonly<Record<string, unknown>>) => unknown;
  /** Refresh tokens that are good from the start, with their users. */
  readonly refreshTokens?: Readonly<Record<string, string>>;
  /** A refresh token is good once; the answer brings the next one. */
  readonly rotateRefreshTokens?: boolean;
  /** What a token without the right scope is answered: 401 with `insufficient_scope` (default), or 403. */
  readonly insufficientScope?: 401 | 403;
}

export type AuthOptions = BasicAuthOptions | BearerAuthOptions;
