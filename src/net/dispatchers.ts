import type { LookupFunction } from 'node:net';
import { CodedError } from '../errors/coded-error.ts';
import type { AddressGuard } from './address-guard.ts';
import { ConnectingSockets } from './connecting-sockets.ts';
import { describeProxy, proxyFor } from './proxy.ts';
import type { Trust } from './trust.ts';
import { Agent, type AgentType, buildConnector, type Dispatcher } from './undici-inner.ts';

export interface DispatchersOptions {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly trust: Trust;
  readonly guard: AddressGuard;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The way that a request takes. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** The proxy on the way, as messages name it. */
  readonly proxy: string | undefined;
}

/** Google Artifact Registry has been seen to send 21 KB of headers; Node's own limit is 16 KiB. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Shorter than the idle time after which the usual servers and balancers hang up. */
const KEEP_ALIVE_MS = 15_000;

/** No server worth waiting for needs longer to accept a connection. */
const LONGEST_CONNECT_MS = 20_000;

/**
 * The connection pools of one client. Requests made on a registry's word have pools of their own, since what guards
 * them is the name look-up of the connection: a pooled connection must have been made under the same guard.
 */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #routes = new Map<string, Promise<Route>>();
  readonly #connecting = new ConnectingSockets();
  #closed = false;

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  /** The way to `url`, asked on the word of `onBehalfOf` if that is another origin. */
  route(url: URL, onBehalfOf: URL | undefined): Promise<Route> {
    if (this.#closed) throw closed();
    const proxy = proxyFor(url, this.#options.env);
    if (proxy !== undefined) return this.#once(`proxy ${proxy.href}`, () => this.#openProxy(proxy));
    if (onBehalfOf === undefined || onBehalfOf.origin === url.origin) {
      return this.#once('direct', () => this.#openDirect(this.#options.guard.plainLookup));
    }
    const host = onBehalfOf.hostname;
    return this.#once(`guarded ${host}`, () => this.#openDirect(this.#options.guard.guardedLookup(host)));
  }

  /** Closes every connection, in use or not; what still waits for an answer fails as `aborted`. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#connecting.destroy(closed());
    const routes = await Promise.allSettled(this.#routes.values());
    const open = routes.filter((route) => route.status === 'fulfilled');
    await Promise.all(open.map((route) => route.value.dispatcher.destroy(closed())));
  }

  #once(key: string, open: () => Promise<Route>): Promise<Route> {
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = open();
      this.#routes.set(key, route);
    }
    return route;
  }

  async #openDirect(lookup: LookupFunction): Promise<Route> {
    const connect = this.#connecting.track(buildConnector({ ...this.#connectOptions(), lookup }));
    return { dispatcher: new Agent({ ...this.#poolOptions(), connect }), proxy: undefined };
  }

  async #openProxy(proxy: URL): Promise<Route> {
    const { openProxyAgent } = await import('./proxy-agent.ts');
    const dispatcher = openProxyAgent(proxy, {
      pool: this.#poolOptions(),
      connect: this.#connectOptions(),
      track: (connector) => this.#connecting.track(connector),
    });
    return { dispatcher, proxy: describeProxy(proxy) };
  }

  #poolOptions(): AgentType.Options {
    return {
      connections: this.#options.concurrency,
      pipelining: 1,
      // HTTP/1.1 alone: with one request a connection, retries, timeouts and truncation are simple to reason about.
      allowH2: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: this.#options.timeoutMs,
      bodyTimeout: this.#options.timeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
    };
  }

  #connectOptions(): ConnectOptions {
    const { trust, timeoutMs } = this.#options;
    return {
      ...(trust.ca === undefined ? {} : { ca: [...trust.ca] }),
      ...(trust.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: trust.rejectUnauthorized }),
      allowH2: false,
      timeout: Math.min(timeoutMs, LONGEST_CONNECT_MS),
      // Happy Eyeballs with more patience than Node's 250 ms, which gives up on far but healthy hosts.
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 1_000,
    };
  }
}

/** The connection options that all ways have in common. */
export interface ConnectOptions {
  readonly ca?: string[];
  readonly rejectUnauthorized?: false;
  readonly allowH2: false;
  readonly timeout: number;
  readonly autoSelectFamily: true;
  readonly autoSelectFamilyAttemptTimeout: number;
}

function closed(): CodedError {
  return new CodedError('aborted', 'the HTTP client was closed');
}
