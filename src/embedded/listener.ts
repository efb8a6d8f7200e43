import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CodedError, hasCode, toCodedError } from '../errors/coded-error.ts';
import { errorResponse, type RegistryRequest, type RegistryResponse } from './exchange.ts';
import { sendResponse, toRegistryRequest } from './http-shell.ts';
import type { RequestLog } from './request-log.ts';

export interface TlsKeyPair {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsKeyPair | undefined;
}

/** An open port, and the way to close it with everything that hangs on it. */
export interface Listener {
  /** `http://127.0.0.1:5000`. */
  readonly origin: string;
  /** `127.0.0.1:5000`. */
  readonly host: string;
  close(): Promise<void>;
}

export type Answer = (request: RegistryRequest) => Promise<RegistryResponse>;

// Locations with long queries come back as request lines; idle connections stay for as long as a test thinks
const HTTP_OPTIONS = { maxHeaderSize: 64 * 1024, keepAliveTimeout: 60_000 };

/** Serves HTTP with `answer`; every request goes to the log. */
export async function startListener(options: ListenOptions, log: RequestLog, answer: Answer): Promise<Listener> {
  const handle = (message: IncomingMessage, out: ServerResponse): void => {
    serve(log, answer, message, out).catch(() => out.destroy()); // the client went away
  };
  const server =
    options.tls === undefined
      ? createServer(HTTP_OPTIONS, handle)
      : createTlsServer({ ...HTTP_OPTIONS, ...options.tls }, handle);
  await listen(server, options);
  const address = server.address() as AddressInfo;
  const hostname = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const host = `${hostname}:${address.port}`;
  let closing: Promise<void> | undefined;
  return {
    origin: `${options.tls === undefined ? 'http' : 'https'}://${host}`,
    host,
    close: () => {
      closing ??= closeServer(server);
      return closing;
    },
  };
}

async function listen(server: Server, { host, port }: ListenOptions): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw new CodedError('input-invalid', `cannot listen on ${host}:${port}: ${(cause as Error).message}`, {
      cause,
      hint: 'Choose another port; 0 takes a free one.',
    });
  }
}

async function serve(log: RequestLog, answer: Answer, message: IncomingMessage, out: ServerResponse): Promise<void> {
  const entry = log.arrive(message.method ?? 'GET', message.url ?? '/', message.headers);
  const response = await answerOrFail(answer, toRegistryRequest(message, entry));
  if (response === 'cut' || (message.destroyed && !message.complete)) {
    out.destroy();
    return;
  }
  log.answer(entry, response.status);
  await sendResponse(response, entry.method, out, entry);
  message.resume(); // what was not read of the body
}

async function answerOrFail(answer: Answer, request: RegistryRequest): Promise<RegistryResponse | 'cut'> {
  try {
    return await answer(request);
  } catch (error) {
    if (hasCode(error, 'aborted')) return 'cut';
    const { code, message } = toCodedError(error);
    return errorResponse(500, 'UNKNOWN', message, { code });
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
