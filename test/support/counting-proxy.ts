import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoggedRequest, type OpenLogEntry, RequestLog } from '../../src/embedded/request-log.ts';

/** A reverse proxy before a registry that counts: what the registry's own log cannot say of Debian's docker-registry. */
export interface CountingProxy {
  readonly host: string;
  readonly url: string;
  /** Milliseconds that each request waits before it is passed on; may be changed at any time. */
  delayMs: number;
  readonly log: readonly LoggedRequest[];
  /** The longest chain of requests each of which arrived after the one before it was answered. */
  rounds(): number;
  clearLog(): void;
  close(): Promise<void>;
}

/** Starts a proxy before `target` (`127.0.0.1:5000`). The Host header is passed on, so that locations lead back here. */
export async function startCountingProxy(target: string, options: { delayMs?: number } = {}): Promise<CountingProxy> {
  const log = new RequestLog();
  const state = { delayMs: options.delayMs ?? 0 };
  const server = createServer((message, out) => {
    const entry = log.arrive(message.method ?? 'GET', message.url ?? '/', message.headers);
    forward(target, message, out, entry, log, state.delayMs).catch(() => out.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(value) {
      state.delayMs = value;
    },
    get log() {
      return log.entries;
    },
    rounds: () => log.rounds,
    clearLog: () => log.clear(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function forward(
  target: string,
  message: IncomingMessage,
  out: ServerResponse,
  entry: OpenLogEntry,
  log: RequestLog,
  delayMs: number,
): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  const { hostname, port } = new URL(`http://${target}`);
  const { method = 'GET', headers } = message;
  const onward = httpRequest({ hostname, port, method, path: message.url ?? '/', headers, agent: false });
  const answered = once(onward, 'response') as Promise<[IncomingMessage]>;
  const sent = pipeline(
    counted(message, (bytes) => {
      entry.bytesReceived += bytes;
    }),
    onward,
  );
  // a registry may answer and close before it has read a whole body; then its answer counts, not the broken pipe
  sent.catch(() => undefined);
  const [answer] = await answered;
  log.answer(entry, answer.statusCode ?? 0);
  out.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
  await pipeline(
    counted(answer, (bytes) => {
      entry.bytesSent += bytes;
    }),
    out,
  );
}

async function* counted(chunks: AsyncIterable<Uint8Array>, count: (bytes: number) => void): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk.byteLength);
    yield chunk;
  }
}
