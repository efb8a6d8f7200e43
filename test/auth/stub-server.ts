import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { createHttpClient } from '../../src/net/http-client.ts';
import type { HttpClient, HttpClientOptions } from '../../src/net/types.ts';

/** A request as a stub saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface StubServer {
  readonly origin: URL;
  readonly seen: readonly Seen[];
  /** The Authorization header of each request, in order; '' for none. */
  authorizations(): readonly string[];
}

/** A server on 127.0.0.1 that answers as `reply` says; it ends with the tests of its file. */
export async function startStub(reply: (request: Seen) => Reply | Promise<Reply>): Promise<StubServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, seen, reply);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: new URL(`http://127.0.0.1:${port}`),
    seen,
    authorizations: () => seen.map(({ headers }) => headers['authorization'] ?? ''),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  seen: Seen[],
  reply: (request: Seen) => Reply | Promise<Reply>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://stub');
  const one: Seen = {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers as Readonly<Record<string, string | undefined>>,
    body: Buffer.concat(chunks).toString(),
  };
  seen.push(one);
  const { status = 200, headers = {}, body = '' } = await reply(one);
  response.writeHead(status, headers as Record<string, string | string[]>);
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A client without retries, for which every name leads to 127.0.0.1; it is closed with the tests of its file. */
export function createTestClient(options: HttpClientOptions = {}): HttpClient {
  const http = createHttpClient({
    retries: 0,
    env: {},
    lookup: (_name, { all }, callback) => {
      if (all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
      else callback(null, '127.0.0.1', 4);
    },
    ...options,
  });
  after(() => http.close());
  return http;
}

/** The same server under another name, as the client above resolves it. */
export function named(origin: URL, hostname: string): URL {
  const url = new URL(origin);
  url.hostname = hostname;
  return url;
}
