import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { CodedError } from '../errors/coded-error.ts';
import { type AddressKind, classifyAddress, isLoopbackHost } from './ip-address.ts';

/** node:dns, loaded by the first name that is looked up; a run against an address needs none of it. */
const systemLookup: LookupFunction = (hostname, options, callback) =>
  process.getBuiltinModule('node:dns').lookup(hostname, options, callback);

/** Google Cloud's metadata service by its name: a proxy that resolves it itself must not be asked for it either. */
const FORBIDDEN_NAMES = new Set(['metadata.google.internal', 'metadata']);

/**
 * Where a registry may lead its clients. A token realm, an upload location or a redirect is a URL that the registry
 * chose, and a client inside a company or a cloud reaches places that the registry cannot: following it blindly makes
 * the client a probe (CVE-2026-48978 and its kin).
 *
 * The rule: https never becomes http; link-local and metadata addresses never; private and loopback addresses only
 * when the registry itself is at one. Literal addresses are judged at once (`checkTarget`), names when they are
 * resolved for the connection itself (`guardedLookup`), so that a name cannot change between look and leap. Behind a
 * proxy only the literals can be judged: the proxy resolves the names.
 */
export class AddressGuard {
  readonly #lookup: LookupFunction;
  /** For each name that was ever connected to: whether every address that it had was private. */
  readonly #seen = new Map<string, boolean>();

  constructor(lookup: LookupFunction = systemLookup) {
    this.#lookup = lookup;
  }

  /** Throws `address-refused` when `target` must not be asked on the word of `onBehalfOf`. */
  async checkTarget(target: URL, onBehalfOf: URL): Promise<void> {
    if (target.origin === onBehalfOf.origin) return;
    checkScheme(target, onBehalfOf);
    const kind = kindOfHost(target.hostname);
    if (kind !== undefined) await this.#judge(kind, target.hostname, target.hostname, onBehalfOf.hostname);
  }

  /** A lookup for connections that are nobody's errand; what it finds is remembered. */
  readonly plainLookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname, options).then(
      (addresses) => answer(addresses, options, callback),
      (error) => callback(error, []),
    );
  };

  /** A lookup for connections made on the word of the registry at `registryHost`. */
  guardedLookup(registryHost: string): LookupFunction {
    return (hostname, options, callback) => {
      this.#resolveGuarded(hostname, options, registryHost).then(
        (addresses) => answer(addresses, options, callback),
        (error) => callback(error, []),
      );
    };
  }

  async #resolveGuarded(
    hostname: string,
    options: LookupOptions,
    registryHost: string,
  ): Promise<readonly LookupAddress[]> {
    const addresses = await this.#resolve(hostname, options);
    for (const { address } of addresses) {
      // One bad address is enough: which of them is connected to is not ours to say.
      await this.#judge(classifyAddress(address) ?? 'forbidden', address, hostname, registryHost);
    }
    return addresses;
  }

  async #judge(kind: AddressKind, address: string, host: string, registryHost: string): Promise<void> {
    if (kind === 'public') return;
    if (kind === 'private' && (await this.#isPrivate(registryHost))) return;
    throw refused(kind, address, host, registryHost);
  }

  /** Whether a registry is at a private address: its name is judged by where the connections to it went, if any did. */
  async #isPrivate(host: string): Promise<boolean> {
    const kind = kindOfHost(host);
    if (kind !== undefined) return kind === 'private';
    const seen = this.#seen.get(host);
    if (seen !== undefined) return seen;
    try {
      await this.#resolve(host, {});
    } catch {
      return false; // Not known to be private, so not treated as such.
    }
    return this.#seen.get(host) ?? false;
  }

  #resolve(hostname: string, options: LookupOptions): Promise<readonly LookupAddress[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly LookupAddress[]>();
    const all: LookupAllOptions = { ...options, all: true };
    this.#lookup(hostname, all, (error, found) => {
      if (error !== null) return reject(error);
      const addresses = typeof found === 'string' ? [{ address: found, family: 0 }] : found;
      this.#remember(hostname, addresses);
      resolve(addresses);
    });
    return promise;
  }

  #remember(hostname: string, addresses: readonly LookupAddress[]): void {
    const everyPrivate = addresses.every(({ address }) => classifyAddress(address) === 'private');
    this.#seen.set(hostname, everyPrivate && (this.#seen.get(hostname) ?? true));
  }
}

type LookupOptions = Parameters<LookupFunction>[1];
type LookupCallback = Parameters<LookupFunction>[2];

/** The kind of a host that can be told without asking a name server. */
function kindOfHost(host: string): AddressKind | undefined {
  if (isLoopbackHost(host)) return 'private';
  if (FORBIDDEN_NAMES.has(host.toLowerCase().replace(/\.$/, ''))) return 'forbidden';
  return classifyAddress(host);
}

function checkScheme(target: URL, onBehalfOf: URL): void {
  const allowed = onBehalfOf.protocol === 'http:' ? ['http:', 'https:'] : ['https:'];
  if (allowed.includes(target.protocol)) return;
  throw new CodedError(
    'address-refused',
    `${onBehalfOf.host} (${schemeOf(onBehalfOf)}) leads to a URL with the scheme ${schemeOf(target)}, which would be weaker`,
    { hint: 'The registry, or what stands before it, gives out wrong URLs: it must give out https ones.' },
  );
}

function schemeOf(url: URL): string {
  return url.protocol.slice(0, -1);
}

function refused(kind: AddressKind, address: string, host: string, registryHost: string): CodedError {
  const where = host === address ? address : `${host} (${address})`;
  const why = kind === 'forbidden' ? 'a link-local or metadata address' : 'a private address';
  return new CodedError('address-refused', `${registryHost} leads to ${where}, ${why}`, {
    hint: 'A registry on the internet has no business to send its clients there. If it is yours, check its configuration.',
  });
}

function answer(addresses: readonly LookupAddress[], options: LookupOptions, callback: LookupCallback): void {
  const [first] = addresses;
  if (options.all === true) callback(null, [...addresses]);
  else if (first === undefined) callback(new CodedError('network-unreachable', 'the name has no address'), []);
  else callback(null, first.address, first.family);
}
