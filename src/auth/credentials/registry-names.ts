/** The key under which docker keeps Docker Hub's credential, and the server name that helpers are asked for. */
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

function isDockerHub(registry: string): boolean {
  return DOCKER_HUB_NAMES.has(registry);
}

/** Whether two names mean one registry: Docker Hub has three. */
export function isSameRegistry(a: string, b: string): boolean {
  return a === b || (isDockerHub(a) && isDockerHub(b));
}

/** The names by which a credential file may speak of a registry, best first. */
function namesOfRegistry(registry: string): readonly string[] {
  return isDockerHub(registry) ? [DOCKER_HUB_KEY, ...DOCKER_HUB_NAMES] : [registry];
}

/** The name by which a credential helper is asked for a registry. */
export function helperServerName(registry: string): string {
  return isDockerHub(registry) ? DOCKER_HUB_KEY : registry;
}

/**
 * The host of a key in the form of old docker versions (`https://host/v1/`, `host/v2/`); undefined for any other key:
 * `host/namespace` of podman names less than a host, and must not be taken for it.
 */
function hostOfLegacyKey(key: string): string | undefined {
  const withScheme = /^https?:\/\/([^/@?#]+)(?:\/|$)/i.exec(key)?.[1];
  const host = withScheme ?? /^([^/@?#]+)\/(?:v[12]\/?)?$/.exec(key)?.[1];
  return host?.toLowerCase();
}

/** The entry of a registry: the exact key, else a legacy key of its host. Never a part of a name. */
export function lookUpRegistry<T>(entries: ReadonlyMap<string, T>, registry: string): Match<T> | undefined {
  const names = namesOfRegistry(registry);
  const exact = names.find((name) => entries.has(name));
  if (exact !== undefined) return matchOf(entries, exact);
  const legacy = [...entries.keys()].find((key) => names.includes(hostOfLegacyKey(key) ?? ''));
  return legacy === undefined ? undefined : matchOf(entries, legacy);
}

/**
 * The entry of a repository in podman's file, whose keys may be `host/namespace/repository`: the longest that is the
 * repository or one of its namespaces, else the registry's; containers-auth.json(5).
 */
export function lookUpRepository<T>(
  entries: ReadonlyMap<string, T>,
  registry: string,
  repository: string,
): Match<T> | undefined {
  const segments = repository.split('/');
  for (let length = segments.length; length > 0; length--) {
    const path = segments.slice(0, length).join('/');
    const key = namesOfRegistry(registry).find((name) => entries.has(`${name}/${path}`));
    if (key !== undefined) return matchOf(entries, `${key}/${path}`);
  }
  return lookUpRegistry(entries, registry);
}

/** An entry and the key that it was found under. */
export interface Match<T> {
  readonly key: string;
  readonly value: T;
}

function matchOf<T>(entries: ReadonlyMap<string, T>, key: string): Match<T> | undefined {
  const value = entries.get(key);
  return value === undefined ? undefined : { key, value };
}
