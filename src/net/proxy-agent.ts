import type { ConnectOptions } from './dispatchers.ts';
import type { AgentType, Dispatcher } from './undici-inner.ts';
import { type ConnectorTypes, Pool, ProxyAgent, TunnelPool } from './undici-inner-proxy.ts';

export interface ProxyAgentOptions {
  readonly pool: AgentType.Options;
  readonly connect: ConnectOptions;
  readonly track: (connector: ConnectorTypes.connector) => ConnectorTypes.connector;
}

/**
 * Requests through a proxy: https by a CONNECT tunnel, http by asking the proxy for the absolute URL. The proxy's
 * credentials are those of its URL.
 */
export function openProxyAgent(proxy: URL, { pool, connect, track }: ProxyAgentOptions): Dispatcher {
  return new ProxyAgent({
    ...pool,
    uri: proxy.href,
    requestTls: connect,
    proxyTls: connect,
    connectTimeout: connect.timeout,
    factory: (origin, options) => new Pool(origin, { ...options, ...pool }),
    // The connections to the proxy itself. undici's own would wait five minutes for an answer to CONNECT.
    clientFactory: (origin, options) => new TunnelPool(origin, { ...withTracking(options, track), ...pool }),
  });
}

function withTracking(options: object, track: ProxyAgentOptions['track']): object {
  if (!('connect' in options) || typeof options.connect !== 'function') return options;
  return { ...options, connect: track(options.connect as ConnectorTypes.connector) };
}
