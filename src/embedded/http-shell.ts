import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { bodySize, type RegistryRequest, type RegistryResponse } from './exchange.ts';
import type { OpenLogEntry } from './request-log.ts';

/** node:http's request as the endpoints see it. */
export function toRegistryRequest(message: IncomingMessage, entry: OpenLogEntry): RegistryRequest {
  return {
    method: message.method ?? 'GET',
    path: entry.path,
    query: new URLSearchParams(entry.query),
    headers: message.headers,
    body: counted(message, entry),
  };
}

async function* counted(message: IncomingMessage, entry: OpenLogEntry): AsyncIterable<Uint8Array> {
  // a body that is refused half-way must not take the connection with it, or the refusal would not arrive
  for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    entry.bytesReceived += chunk.byteLength;
    yield chunk;
  }
}

/** Puts an answer on the wire. Resolves when it is out, or when its fault has been done. */
export async function sendResponse(
  response: RegistryResponse,
  method: string,
  out: ServerResponse,
  entry: OpenLogEntry,
): Promise<void> {
  const hasBody = response.body !== undefined || !isBodiless(response.status);
  const size = bodySize(response.body);
  for (const [name, value] of Object.entries(response.headers)) {
    out.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  if (hasBody && response.omitContentLength !== true) out.setHeader('content-length', size);
  out.writeHead(response.status);
  if (method === 'HEAD' || response.body === undefined) {
    await end(out);
    return;
  }
  await sendBody(response, size, out, entry);
}

/** RFC 9110 §8.6: no Content-Length with these. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}

async function sendBody(
  response: RegistryResponse,
  size: number,
  out: ServerResponse,
  entry: OpenLogEntry,
): Promise<void> {
  const { body, fault } = response;
  const chunks = body instanceof Uint8Array ? [body] : (body?.open() ?? []);
  const limit = fault === undefined ? Number.POSITIVE_INFINITY : Math.floor(size / 2);
  await pipeline(firstBytes(chunks, limit, entry), out, { end: false });
  if (fault?.kind === 'truncate')
    out.socket?.destroySoon(); // what was written still goes out
  else if (fault?.kind === 'stall') await once(out, 'close');
  else await end(out);
}

async function* firstBytes(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limit: number,
  entry: OpenLogEntry,
): AsyncIterable<Uint8Array> {
  let left = limit;
  for await (const chunk of chunks) {
    const part = chunk.byteLength > left ? chunk.subarray(0, left) : chunk;
    left -= part.byteLength;
    entry.bytesSent += part.byteLength;
    yield part;
    if (left <= 0) return;
  }
}

async function end(out: ServerResponse): Promise<void> {
  if (out.destroyed) return;
  await new Promise<void>((resolve) => {
    out.once('close', resolve);
    out.end(resolve);
  });
}
