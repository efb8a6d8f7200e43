import { CodedError } from '../../errors/coded-error.ts';

/** docker's config.json and podman's auth.json, as far as they concern credentials. Keys as written. */
export interface AuthFile {
  /** What stands in error messages and in `Credential.origin`: a path, or the name of a variable. */
  readonly origin: string;
  /** Entries unread: only the one that is asked for is judged. */
  readonly auths: ReadonlyMap<string, unknown>;
  readonly credHelpers: ReadonlyMap<string, unknown>;
  readonly credsStore: string | undefined;
}

/**
 * Text -> AuthFile. Empty text is an empty file, as docker takes it. Other members are ignored; a member of another
 * shape than docker's throws `docker-config-invalid`. No message quotes the text: it holds secrets.
 */
export function parseAuthFile(text: string, origin: string): AuthFile {
  const root = text.trim() === '' ? new Map<string, unknown>() : membersOf(parseJson(text, origin), origin, 'the root');
  const store = root.get('credsStore') ?? '';
  if (typeof store !== 'string') throw invalid(origin, '`credsStore` is not a text');
  return {
    origin,
    auths: membersOf(root.get('auths') ?? {}, origin, '`auths`'),
    credHelpers: membersOf(root.get('credHelpers') ?? {}, origin, '`credHelpers`'),
    credsStore: store === '' ? undefined : store,
  };
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the engine's own message quotes what it stumbled over, which may be a password: it is not the cause to keep
    throw invalid(origin, 'it is not JSON');
  }
}

function membersOf(value: unknown, origin: string, what: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(origin, `${what} is not an object`);
  }
  return new Map(Object.entries(value));
}

function invalid(origin: string, why: string): CodedError {
  return new CodedError('docker-config-invalid', `${origin} cannot be used: ${why}`, {
    hint: 'Log in anew (docker login writes the file), or point DOCKER_CONFIG or REGISTRY_AUTH_FILE to another place.',
  });
}
