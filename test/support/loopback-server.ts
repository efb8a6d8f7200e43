import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A server on 127.0.0.1 that closes with its test, and what it saw. */
export interface LoopbackServer {
  readonly url: URL;
  readonly port: number;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that were ever accepted. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Resolves when no connection is open. */
  idle(): Promise<void>;
  /** Closes it before its time: from now on nothing listens there. */
  stop(): Promise<void>;
}

export interface LoopbackOptions {
  /** With a key and certificate the server speaks https. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts a server for the time of a test (or, with the context of a suite's `before`, of a suite). */
export async function startServer(
  t: Pick<TestContext, 'after'>,
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: LoopbackOptions = {},
): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = [];
  const handle: RequestListener = (request, response) => {
    requests.push(request);
    listener(request, response);
  };
  const server = options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
  return await listen(t, server, options.tls === undefined ? 'http' : 'https', requests);
}

async function listen(
  t: Pick<TestContext, 'after'>,
  server: Server | ReturnType<typeof createTlsServer>,
  scheme: string,
  requests: readonly IncomingMessage[],
): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {}); // A client that hangs up is what many tests are about.
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  t.after(stop);
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://127.0.0.1:${port}`),
    port,
    requests,
    get connections() {
      return connections;
    },
    get openConnections() {
      return sockets.size;
    },
    stop,
    idle: async () => {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
  };
}

/** The body of a request, whole. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A TCP server on 127.0.0.1 that closes with its test, for what no HTTP server would do. Its URL is an http one. */
export async function startRawServer(
  t: Pick<TestContext, 'after'>,
  onConnection: (socket: Socket) => void,
): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
