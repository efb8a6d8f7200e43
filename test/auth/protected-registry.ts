import { createRegistrySession, type RegistrySessionOptions } from '../../src/auth/registry-session.ts';
import { coversScopes } from '../../src/auth/scope.ts';
import type { Credential, RegistrySession, Scope } from '../../src/auth/types.ts';
import type { Warning } from '../../src/errors/warning.ts';
import type { HttpRequest } from '../../src/net/types.ts';
import { createTestClient, type Reply, type Seen, type StubServer, startStub } from './stub-server.ts';

/** A registry whose every path needs a token of its token server; both may be bent by the test. */
export interface ProtectedRegistry {
  readonly registry: StubServer;
  readonly tokenServer: StubServer;
  /** Tokens that the registry takes, with the scopes that they were issued for. */
  readonly issued: Map<string, readonly string[]>;
  /** What answers before the usual: undefined leaves it to that. */
  onRegistry: (request: Seen) => Reply | undefined;
  onToken: (request: Seen) => Reply | undefined;
  /** The scope that a request needs. */
  needs: (request: Seen) => string;
  expiresIn: number;
}

export async function startProtectedRegistry(): Promise<ProtectedRegistry> {
  const issued = new Map<string, readonly string[]>();
  const tokenServer = await startStub((request) => world.onToken(request) ?? issueToken(world, request));
  const registry = await startStub((request) => world.onRegistry(request) ?? guard(world, request));
  const world: ProtectedRegistry = {
    registry,
    tokenServer,
    issued,
    onRegistry: () => undefined,
    onToken: () => undefined,
    needs: ({ method }) => `repository:acme/app:${method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'}`,
    expiresIn: 300,
  };
  return world;
}

function issueToken(world: ProtectedRegistry, { query }: Seen): Reply {
  const token = `token-${world.issued.size + 1}`;
  world.issued.set(token, query.getAll('scope'));
  return { body: { token, expires_in: world.expiresIn } };
}

function guard(world: ProtectedRegistry, request: Seen): Reply {
  const token = /^Bearer (.*)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  const scopes = world.issued.get(token);
  const needed = world.needs(request);
  if (scopes !== undefined && coversScopes(scopes, [needed])) return { body: `${request.method} ok` };
  return challengeReply(world, needed, scopes === undefined ? undefined : 'insufficient_scope');
}

export function challengeReply(world: ProtectedRegistry, scope: string, error?: string): Reply {
  const realm = new URL('/token', world.tokenServer.origin).href;
  const challenge = `Bearer realm="${realm}",service="svc",scope="${scope}"`;
  return {
    status: 401,
    headers: { 'www-authenticate': error === undefined ? challenge : `${challenge},error="${error}"` },
    body: { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] },
  };
}

/** A session and what it reported. */
export interface TestSession {
  readonly session: RegistrySession;
  readonly warnings: Warning[];
  readonly secrets: string[];
  /** Repositories for which a credential was looked up. */
  readonly lookups: string[];
  /** Sends and reads; the path is below the registry. */
  ask(
    path: string,
    scope: Scope,
    more?: Partial<HttpRequest>,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

export function openSession(
  server: StubServer,
  credential: Credential | undefined,
  more: Partial<RegistrySessionOptions> = {},
): TestSession {
  const warnings: Warning[] = [];
  const secrets: string[] = [];
  const lookups: string[] = [];
  const session = createRegistrySession({
    http: createTestClient(),
    origin: server.origin,
    registry: 'reg.example',
    credentials: {
      async find(registry, repository) {
        lookups.push(`${registry}/${repository}`);
        return credential;
      },
    },
    onWarning: (warning) => warnings.push(warning),
    onSecret: (secret) => secrets.push(secret),
    ...more,
  });
  return {
    session,
    warnings,
    secrets,
    lookups,
    async ask(path, scope, request) {
      const url = new URL(path, server.origin);
      const response = await session.request({ method: 'GET', url, ...request }, 1024 * 1024, scope);
      return { status: response.status, text: new TextDecoder().decode(response.bytes) };
    },
  };
}

export const PULL: Scope = { repository: 'acme/app', actions: ['pull'] };
export const PUSH: Scope = { repository: 'acme/app', actions: ['pull', 'push'] };
export const BASIC: Credential = { kind: 'basic', username: 'me', password: 'secret', origin: 'FILE' };
