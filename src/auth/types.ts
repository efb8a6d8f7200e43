import type { BufferedResponse, HttpRequest, StreamingResponse } from '../net/types.ts';

/** What a registry accepts as who we are. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly origin: string }
  /** An OAuth2 refresh token (docker's `identitytoken`, or a helper's `<token>` user). */
  | { readonly kind: 'identity-token'; readonly token: string; readonly username?: string; readonly origin: string }
  /** A ready bearer token (docker's `registrytoken`). */
  | { readonly kind: 'registry-token'; readonly token: string; readonly origin: string };
// `origin` says where it was found, for messages: "input registry-username", "/home/me/.docker/config.json", ...

export interface CredentialProvider {
  /**
   * The credential for a registry and, where keys are narrower (podman's auth.json), a repository. undefined: there is
   * none, go anonymous. Throws `credential-helper-failed` or `docker-config-invalid` when it could not look.
   */
  find(registry: string, repository: string): Promise<Credential | undefined>;
}

export type Action = 'pull' | 'push' | 'delete';

/** What a request needs; a token is asked for no more than this. Order matters to some registries: push comes first. */
export interface Scope {
  readonly repository: string;
  readonly actions: readonly Action[];
  /** A second repository to pull from (a cross-repository mount). */
  readonly mountFrom?: string;
}

/** Requests to one registry, with the Authorization that it asks for. */
export interface RegistrySession {
  /** scheme://host[:port] of the registry. */
  readonly origin: URL;
  request(request: HttpRequest, maxBytes: number, scope: Scope): Promise<BufferedResponse>;
  stream(request: HttpRequest, scope: Scope): Promise<StreamingResponse>;
}
