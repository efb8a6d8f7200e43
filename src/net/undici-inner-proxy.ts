/**
 * The proxy agent of undici, apart from undici-inner.ts so that only a run behind a proxy loads it (with SOCKS and
 * all). It must be imported through an ES module: in a bundle with code splitting, `await import()` of a CommonJS
 * file yields a namespace with nothing but `default`.
 */
import innerConnect from 'undici/lib/api/api-connect.js';
import InnerPool from 'undici/lib/dispatcher/pool.js';
import InnerProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

export type { buildConnector as ConnectorTypes } from 'undici';

export type Pool = import('undici').Pool;
export const Pool: typeof import('undici').Pool = InnerPool;
export const ProxyAgent: typeof import('undici').ProxyAgent = InnerProxyAgent;

/** A pool that can ask for tunnels: undici's public entry is what gives its classes `connect` and their like. */
export class TunnelPool extends Pool {
  override readonly connect = innerConnect as Pool['connect'];
}
