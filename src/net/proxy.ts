import { CodedError } from '../errors/coded-error.ts';
import { isInBlock, isLoopbackHost } from './ip-address.ts';
import { redactUrl } from './redact.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, as curl and Go read the environment: HTTP_PROXY or HTTPS_PROXY by the URL's scheme, unless
 * NO_PROXY names the host. Lower-case names win. undefined: go straight.
 *
 * This machine is never reached through a proxy: on another machine "localhost" is another registry, and the ones
 * that listen here (service containers, the embedded registry) could not be reached at all.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const text = proxyText(url, env);
  if (text === undefined || isLoopbackHost(url.hostname) || isExempt(url, env)) return undefined;
  return parseProxy(text);
}

function proxyText(url: URL, env: Environment): string | undefined {
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  return read(env, name);
}

function read(env: Environment, name: string): string | undefined {
  const text = env[name] || env[name.toUpperCase()];
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

function parseProxy(text: string): URL {
  const withScheme = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  // The text may hold a password, so it is not repeated.
  const what = url === undefined ? 'is not a URL' : `has the scheme ${url.protocol.slice(0, -1)}`;
  throw new CodedError('proxy-failed', `the proxy that the environment names ${what}: expected http://HOST:PORT`, {
    hint: 'Check HTTP_PROXY and HTTPS_PROXY.',
  });
}

/** The proxy as messages name it. */
export function describeProxy(proxy: URL): string {
  return redactUrl(new URL(proxy.origin));
}

function isExempt(url: URL, env: Environment): boolean {
  const entries = (read(env, 'no_proxy') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.some((entry) => matchesEntry(entry.toLowerCase(), url));
}

/** `*`, a host with what is under it (with or without a leading dot or `*.`), an address, a CIDR block; each may have a port. */
function matchesEntry(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const host = withoutBrackets(url.hostname.replace(/\.$/, ''));
  if (isInBlock(host, entry)) return true;
  const named = splitPort(entry);
  if (named.port !== undefined && named.port !== portOf(url)) return false;
  const suffix = named.host.replace(/^\*?\./, '').replace(/\.$/, '');
  if (suffix === '') return false;
  return host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { host: string; port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return { host: canonicalIpv6(bracketed[1] ?? ''), port: bracketed[2] };
  const colons = entry.split(':').length - 1;
  if (colons > 1) return { host: canonicalIpv6(entry), port: undefined };
  const [host = '', port] = entry.split(':');
  return { host, port };
}

function canonicalIpv6(address: string): string {
  return URL.canParse(`http://[${address}]`) ? withoutBrackets(new URL(`http://[${address}]`).hostname) : address;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}
