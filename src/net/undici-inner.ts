/**
 * The door to undici. Its public entry also loads fetch, caches, mocks, WebSocket and SOCKS, which costs more time
 * at start than everything else of a run together; a registry client needs the connection pools alone. Those are
 * inner files: undici 8 has no `exports` field and so lets them be imported, but promises nothing about them. The
 * version is pinned exactly, and test/net/undici-inner.test.ts fails when a file moves or a class changes shape.
 *
 * Nothing else in the project imports undici, except undici-inner-proxy.ts (the same, loaded only behind a proxy).
 */
import innerBuildConnector from 'undici/lib/core/connect.js';
import InnerAgent from 'undici/lib/dispatcher/agent.js';

export type { Agent as AgentType, buildConnector as ConnectorTypes, Dispatcher } from 'undici';

/** Pools of keep-alive connections, one an origin. */
export const Agent: typeof import('undici').Agent = InnerAgent;

/** What opens the connections of a pool. */
export const buildConnector: typeof import('undici').buildConnector = innerBuildConnector;
