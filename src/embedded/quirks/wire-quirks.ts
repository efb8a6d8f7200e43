import { errorResponse, type RegistryResponse, withHeaders } from '../exchange.ts';
import type { Quirks, RetryAfterForm } from '../quirks.ts';
import { type QuirkLayer, strikes } from './quirk-layer.ts';

/** What happens between a registry and its client: limits, failures, redirects, odd headers, broken bodies. */
export const wireQuirks: QuirkLayer = {
  before({ quirks, request, route, context }) {
    if (strikes(quirks.rateLimit, request))
      return tooManyRequests(quirks.rateLimit.form, quirks.rateLimit.seconds ?? 1);
    if (strikes(quirks.failure, request)) {
      return errorResponse(quirks.failure.status, 'UNKNOWN', `the registry answers ${quirks.failure.status}`);
    }
    const origin = quirks.otherOrigin ?? context.origins.second;
    const isRedirected = quirks.blobRedirect === true && route.kind === 'blob' && request.method === 'GET';
    return isRedirected && origin !== undefined && !request.query.has('signature')
      ? { status: 307, headers: { location: `${origin}${request.path}?signature=sample` } }
      : undefined;
  },
  after({ quirks, request, route }, response) {
    const isContent = ['manifest', 'blob', 'referrers'].includes(route.kind) && request.method === 'GET';
    const { bodyFault } = quirks;
    const isStruck = isContent && response.status < 300 && strikes(bodyFault, request);
    const isJson = quirks.charset === true && isContent && route.kind !== 'blob';
    const answer = isJson ? withCharset(response) : response;
    return withOddHeaders(quirks, isStruck ? withFault(answer, bodyFault.kind) : answer);
  },
};

function tooManyRequests(form: RetryAfterForm, seconds: number): RegistryResponse {
  switch (form) {
    case 'seconds':
      return limited('too many requests', { 'retry-after': String(seconds) });
    case 'date':
      return limited('too many requests', { 'retry-after': new Date(Date.now() + seconds * 1000).toUTCString() });
    case 'none':
      return limited('too many requests', {});
    case 'go-duration':
      return limited(`retry-after: ${seconds * 1000}ms, allowed: 2000/minute`, {});
  }
}

function limited(message: string, headers: Record<string, string>): RegistryResponse {
  return errorResponse(429, 'TOOMANYREQUESTS', message, undefined, headers);
}

function withCharset(response: RegistryResponse): RegistryResponse {
  return withHeaders(response, { 'content-type': `${response.headers['content-type']}; charset=utf-8` });
}

function withOddHeaders({ bigHeader, warnings }: Quirks, response: RegistryResponse): RegistryResponse {
  if (bigHeader === undefined && warnings === undefined) return response;
  return withHeaders(response, {
    ...(bigHeader !== undefined && { 'x-big-header': 'a'.repeat(bigHeader) }),
    // RFC 7234 §5.5, as distribution-spec 1.1 "Warnings" has it: code 299, agent "-", a quoted string
    ...(warnings !== undefined && { warning: warnings.map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`) }),
  });
}

function withFault(response: RegistryResponse, kind: 'stall' | 'truncate' | 'flip'): RegistryResponse {
  if (kind !== 'flip') return { ...response, fault: { kind } };
  const { body } = response;
  if (body === undefined) return response;
  if (body instanceof Uint8Array) return { ...response, body: flipped(body) };
  return { ...response, body: { size: body.size, open: () => flippedOnce(body.open()) } };
}

async function* flippedOnce(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let isDone = false;
  for await (const chunk of chunks) {
    yield isDone ? chunk : flipped(chunk);
    isDone = true;
  }
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = copy.byteLength >> 1;
  const byte = copy[at];
  if (byte !== undefined) copy[at] = byte ^ 1;
  return copy;
}
