import type { IncomingHttpHeaders } from 'node:http';

/** A request as the endpoints see it. */
export interface RegistryRequest {
  readonly method: string;
  /** As it came, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** To be read at most once. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes that are opened only if they are really sent: not for HEAD, not for an answer that a quirk replaces. */
export interface LazyBody {
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

export type HeaderValue = string | readonly string[];

/** What may go wrong with a body on its way out. */
export interface WireFault {
  /** After half of the body nothing more comes; or the connection is cut there. */
  readonly kind: 'stall' | 'truncate';
}

export interface RegistryResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, HeaderValue>>;
  readonly body?: Uint8Array | LazyBody | undefined;
  /** Left out of the answer to HEAD only; a body always has one otherwise. */
  readonly omitContentLength?: boolean;
  readonly fault?: WireFault | undefined;
}

/** Error codes of distribution-spec 1.1 "Error Codes". */
export type RegistryErrorCode =
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DENIED'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED';

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, HeaderValue>> = {},
): RegistryResponse {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

export function textResponse(
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): RegistryResponse {
  return { status, headers: { 'content-type': contentType }, body: new TextEncoder().encode(text) };
}

/** An error body as distribution-spec 1.1 "Error Codes" has it. */
export function errorResponse(
  status: number,
  code: RegistryErrorCode | string,
  message: string,
  detail?: unknown,
  headers: Readonly<Record<string, HeaderValue>> = {},
): RegistryResponse {
  const error = { code, message, ...(detail !== undefined && { detail }) };
  return jsonResponse(status, { errors: [error] }, headers);
}

export function withHeaders(
  response: RegistryResponse,
  headers: Readonly<Record<string, HeaderValue | undefined>>,
): RegistryResponse {
  const merged: Record<string, HeaderValue> = { ...response.headers };
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) delete merged[name];
    else merged[name] = value;
  }
  return { ...response, headers: merged };
}

/** The one value of a request header that may have been sent twice. */
export function headerOf(request: RegistryRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

export function bodySize(body: RegistryResponse['body']): number {
  if (body === undefined) return 0;
  return body instanceof Uint8Array ? body.byteLength : body.size;
}

/** A body with a known upper bound, whole; undefined: there is more. */
export async function readBody(request: RegistryRequest, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
