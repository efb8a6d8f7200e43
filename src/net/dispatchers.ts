import type { LookupFunction } from 'node:net';
import type { Trust } from './trust.ts';
import { Agent, type AgentType, type Dispatcher } from './undici-inner.ts';

export interface DispatchersOptions {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly trust: Trust;
  readonly lookup?: LookupFunction | undefined;
}

/** Google Artifact Registry has been seen to send 21 KB of headers; Node's own limit is 16 KiB. */
const MAX_HEADER_BYTES = 64 * 1024;

/** The connection pools of one client: which dispatcher a URL goes through. */
export class Dispatchers {
  readonly #options: DispatchersOptions;
  readonly #all: Dispatcher[] = [];
  #direct: Dispatcher | undefined;

  constructor(options: DispatchersOptions) {
    this.#options = options;
  }

  async for(_url: URL, _onBehalfOf: URL | undefined): Promise<{ dispatcher: Dispatcher; proxy: string | undefined }> {
    this.#direct ??= this.#open();
    return { dispatcher: this.#direct, proxy: undefined };
  }

  /** Closes every connection, in use or not. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((dispatcher) => dispatcher.destroy()));
  }

  #open(): Dispatcher {
    const agent = new Agent(this.#agentOptions());
    this.#all.push(agent);
    return agent;
  }

  #agentOptions(): AgentType.Options {
    const { concurrency, timeoutMs, trust, lookup } = this.#options;
    return {
      connections: concurrency,
      pipelining: 1,
      // HTTP/1.1 alone: one request a connection keeps retries, timeouts and truncation simple to reason about.
      allowH2: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 15_000,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 1_000,
      connect: {
        ...trust,
        ...(trust.ca === undefined ? {} : { ca: [...trust.ca] }),
        timeout: Math.min(timeoutMs, 20_000),
        ...(lookup === undefined ? {} : { lookup }),
      },
    };
  }
}
