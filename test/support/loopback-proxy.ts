import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A forward proxy on 127.0.0.1 that closes with its test. Whatever host it is asked for, it goes to `upstream`. */
export interface LoopbackProxy {
  readonly url: URL;
  /** What was asked of it: `CONNECT host:port`, or `GET http://host/path`. */
  readonly asked: readonly string[];
  /** The headers of each of these. */
  readonly headers: readonly IncomingMessage['headers'][];
}

export interface LoopbackProxyOptions {
  /** The port that every name stands for. */
  readonly upstream: number;
  /** The address of that port, default 127.0.0.1. */
  readonly address?: string;
  /** The port of 127.0.0.1 that requests in clear go to, default `upstream`. */
  readonly clear?: number;
  /** Answer every request with this status, and serve none. */
  readonly refuseWith?: number;
}

export async function startProxy(
  t: Pick<TestContext, 'after'>,
  { upstream, address = '127.0.0.1', clear, refuseWith }: LoopbackProxyOptions,
): Promise<LoopbackProxy> {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const sockets = new Set<Socket>();
  const note = (request: IncomingMessage): void => {
    asked.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
  };
  const server = createServer((request, response) => {
    note(request);
    if (refuseWith !== undefined) return response.writeHead(refuseWith).end('refused by the proxy');
    const url = new URL(request.url ?? '');
    const to = clear === undefined ? { host: address, port: upstream } : { host: '127.0.0.1', port: clear };
    const options = { ...to, method: request.method, path: `${url.pathname}${url.search}` };
    const onward = forward({ ...options, headers: request.headers, maxHeaderSize: 1e6 }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(response);
    });
    return request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    note(request);
    socket.on('error', () => {});
    if (refuseWith !== undefined) return socket.end(`HTTP/1.1 ${refuseWith} Refused\r\nContent-Length: 0\r\n\r\n`);
    const onward = connect(upstream, address, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    sockets.add(onward);
    socket.on('close', () => onward.destroy());
    return onward.on('error', () => socket.destroy());
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked, headers };
}
