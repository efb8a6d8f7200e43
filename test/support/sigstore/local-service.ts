import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../loopback-server.ts';

/** As the handlers of @sigstore/mock give it. */
export interface ServiceAnswer {
  readonly statusCode: number;
  readonly response: string | ArrayBufferView;
  readonly contentType?: string;
  readonly etag?: string;
}

/** A service of a world on http://127.0.0.1. */
export interface LocalService {
  readonly url: string;
  /** Bodies of the requests so far. */
  readonly requests: readonly string[];
  /** Answers every request with this status; 0 hangs up. undefined: all is well. */
  failWith: number | undefined;
  close(): Promise<void>;
}

/** Answers `POST path`; everything else is a 404. */
export async function startService(
  path: string,
  answer: (body: string, request: IncomingMessage, bytes: Buffer) => Promise<ServiceAnswer>,
): Promise<LocalService> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const respond = async (): Promise<ServiceAnswer> => {
      const bytes = await readBody(request);
      const body = bytes.toString();
      requests.push(body);
      const { failWith } = service;
      if (failWith !== undefined) return { statusCode: failWith, response: 'this service is down' };
      const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
      if (pathname !== path) return { statusCode: 404, response: `no ${pathname} here` };
      return await answer(body, request, bytes);
    };
    respond().then(
      ({ statusCode, response: body, contentType = 'text/plain', etag }) => {
        if (statusCode === 0) return response.destroy();
        response.writeHead(statusCode, { 'content-type': contentType, ...(etag && { etag }) });
        return response.end(
          typeof body === 'string' ? body : new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
        );
      },
      (error: unknown) => response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref(); // a world that outlives its tests keeps no process
  const service: LocalService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    failWith: undefined,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return service;
}
