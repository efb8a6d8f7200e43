import { Dispatchers } from './dispatchers.ts';
import { EconomyCounter } from './economy.ts';
import { type Exchanged, exchange } from './exchange.ts';
import { concatBytes } from './incoming-body.ts';
import { NetError } from './net-error.ts';
import { buildTrust } from './trust.ts';
import type { BufferedResponse, HttpClient, HttpClientOptions, HttpRequest, StreamingResponse } from './types.ts';

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const economy = new EconomyCounter();
  const dispatchers = new Dispatchers({
    concurrency: options.concurrency ?? 8,
    timeoutMs: options.timeoutMs ?? 60_000,
    trust: buildTrust(options),
  });
  async function send(request: HttpRequest): Promise<Exchanged> {
    const { dispatcher, proxy } = await dispatchers.for(request.url, request.onBehalfOf);
    const signals = [request.signal, options.signal].filter((signal) => signal !== undefined);
    return exchange({
      dispatcher,
      proxy,
      method: request.method,
      url: request.url,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': options.userAgent ?? 'oci-referrers',
        ...request.headers,
      },
      body: request.body,
      signals,
      attempt: 1,
      ticket: economy.begin(request.purpose ?? 'main'),
      onSent: request.onSent,
    });
  }
  return {
    economy,
    async request(request, maxBytes): Promise<BufferedResponse> {
      const { status, headers, body } = await send(request);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body.read()) {
        chunks.push(chunk);
        if (body.received > maxBytes) {
          const context = { method: request.method, url: request.url, attempts: 1, phase: 'body' } as const;
          throw new NetError('response-too-large', `the response is larger than ${maxBytes} bytes`, context);
        }
      }
      return { status, headers, url: request.url, bytes: concatBytes(chunks) };
    },
    async stream(request): Promise<StreamingResponse> {
      const { status, headers, body } = await send(request);
      return { status, headers, url: request.url, body: () => body.read(), discard: () => body.discard() };
    },
    close: () => dispatchers.close(),
  };
}
