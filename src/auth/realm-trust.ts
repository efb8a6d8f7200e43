import { classifyAddress, isLoopbackHost } from '../net/ip-address.ts';
import { isSharedSuffix } from './shared-suffixes.ts';

/**
 * Token servers of another domain than their registry's, as pairs: a realm is trusted on the word of its own registry
 * alone. Sources: the registries' documentation and issues of other clients (apple/container 2268 for Scaleway,
 * oras-dotnet's realm validation for NVIDIA, ollama's registry challenge).
 */
const KNOWN_PAIRS: readonly (readonly [registry: RegExp, realm: string])[] = [
  [/^(?:index\.|registry-1\.)?docker\.io$/, 'auth.docker.io'],
  [/^registry\.gitlab\.com$/, 'gitlab.com'],
  [/^registry\.redhat\.io$/, 'sso.redhat.com'],
  [/^nvcr\.io$/, 'authn.nvidia.com'],
  [/^registry\.ollama\.ai$/, 'ollama.com'],
  [/^rg\.[a-z0-9-]+\.scw\.cloud$/, 'api.scaleway.com'],
  [/^registry\.([a-z0-9-]+)\.aliyuncs\.com$/, 'dockerauth.$1.aliyuncs.com'],
];

/**
 * Whether a token server may be given the credential of a registry. It may if it is
 * - at the same host name, on any port;
 * - below the registry's own name (`auth.reg.example` for `reg.example`);
 * - at or below the domain that the registry's name is in (`sso.corp.example` or `corp.example` for
 *   `registry.corp.example`), unless that domain is one in which strangers can have names (isSharedSuffix);
 * - a known pair, or in `trusted` (hosts, or host:port, that the user named);
 * - at a private or loopback address, or a name without dots, while the registry is at such a one, too.
 *
 * Without the Public Suffix List this leans to refusing: the domain in common must be the immediate parent of the
 * registry's name, so that `registry.eu.corp.example` does not vouch for `sso.corp.example`.
 */
export function mayReceiveCredential(realm: URL, registry: URL, trusted: readonly string[] = []): boolean {
  return (
    realm.hostname === registry.hostname ||
    trusted.includes(realm.host) ||
    trusted.includes(realm.hostname) ||
    isKnownPair(registry.hostname, realm.hostname) ||
    (isLocal(registry.hostname) && isLocal(realm.hostname)) ||
    sharesDomain(registry.hostname, realm.hostname)
  );
}

function isKnownPair(registry: string, realm: string): boolean {
  return KNOWN_PAIRS.some(([pattern, to]) => pattern.test(registry) && registry.replace(pattern, to) === realm);
}

function sharesDomain(registry: string, realm: string): boolean {
  if (isAddress(registry) || isAddress(realm)) return false;
  if (registry.includes('.') && realm.endsWith(`.${registry}`)) return true;
  const parent = registry.slice(registry.indexOf('.') + 1);
  return !isSharedSuffix(parent) && (realm === parent || realm.endsWith(`.${parent}`));
}

/** A private or loopback address, `localhost` (RFC 6761), or a name of one label, which no public name is. */
function isLocal(hostname: string): boolean {
  const kind = classifyAddress(hostname);
  if (kind !== undefined) return kind === 'private';
  return isLoopbackHost(hostname) || !hostname.includes('.');
}

function isAddress(hostname: string): boolean {
  return classifyAddress(hostname) !== undefined;
}
