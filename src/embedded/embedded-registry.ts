import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../oci/digest.ts';
import { dispatch } from './dispatch.ts';
import { errorResponse, type RegistryRequest, type RegistryResponse, textResponse, withHeaders } from './exchange.ts';
import { sendResponse, toRegistryRequest } from './http-shell.ts';
import type { Quirks } from './quirks.ts';
import type { RegistryContext } from './registry-context.ts';
import { MemoryRepositories } from './repositories.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { parseRoute } from './route.ts';
import { UploadSessions } from './upload-sessions.ts';

export interface EmbeddedRegistryOptions {
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  readonly quirks?: Quirks | undefined;
}

/** A running registry. */
export interface EmbeddedRegistry {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it stands in an image name. */
  readonly host: string;
  /** Every switch, to be set or cleared at any time. */
  readonly quirks: Quirks;
  /** Every request since the start or the last clearLog, in order of arrival. */
  readonly log: readonly LoggedRequest[];
  /** The longest chain of requests in the log each of which came after the one before was answered. */
  rounds(): number;
  clearLog(): void;
  /** Upload sessions that were neither closed nor cancelled. */
  readonly openUploads: number;
  /** In ASCII order; empty for a repository that does not exist. */
  tagsOf(repository: string): Promise<string[]>;
  /** Digests of the manifests that were pushed. */
  manifestsOf(repository: string): Promise<Digest[]>;
  /** Ends every connection; nothing is left running. */
  close(): Promise<void>;
}

/** Starts a distribution-spec 1.1 registry in this process. */
export async function startEmbeddedRegistry(options: EmbeddedRegistryOptions = {}): Promise<EmbeddedRegistry> {
  const quirks: Quirks = { ...options.quirks };
  const repositories = new MemoryRepositories();
  const uploads = new UploadSessions(repositories);
  const context: RegistryContext = { repositories, uploads, quirks };
  const log = new RequestLog();
  const server = createServer((message, out) => {
    void serve(context, log, message, out);
  });
  const host = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  return {
    url: `http://${host}`,
    host,
    quirks,
    get log() {
      return log.entries;
    },
    rounds: () => log.rounds,
    clearLog: () => log.clear(),
    get openUploads() {
      return uploads.count;
    },
    tagsOf: async (repository) => ((await (await repositories.find(repository))?.tags()) ?? []).sort(),
    manifestsOf: async (repository) => {
      const index = await (await repositories.find(repository))?.backend.readIndex();
      return [...new Set(index?.entries.map((entry) => entry.descriptor.digest))];
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await uploads.cancelAll();
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return address.family === 'IPv6' ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

async function serve(
  context: RegistryContext,
  log: RequestLog,
  message: IncomingMessage,
  out: ServerResponse,
): Promise<void> {
  const entry = log.arrive(message.method ?? 'GET', message.url ?? '/', message.headers);
  let response: RegistryResponse;
  try {
    response = await answer(context, toRegistryRequest(message, entry));
  } catch (error) {
    if (message.destroyed && !message.complete) return; // the client went away in the middle of its body
    response = errorResponse(500, 'UNKNOWN', error instanceof Error ? error.message : String(error));
  }
  log.answer(entry, response.status);
  await sendResponse(response, entry.method, out, entry);
  if (!message.complete) message.resume();
}

async function answer(context: RegistryContext, request: RegistryRequest): Promise<RegistryResponse> {
  const { quirks } = context;
  if (quirks.delayMs !== undefined) await sleep(quirks.delayMs);
  const scripted = await quirks.intercept?.(request);
  if (scripted !== undefined) return scripted;
  const route = parseRoute(request.path);
  if (route.kind === 'referrers' && quirks.referrersApi === false) return textResponse(404, '404 page not found\n');
  const response = await dispatch(context, request, route);
  return quirks.referrersApi === false ? withHeaders(response, { 'oci-subject': undefined }) : response;
}
