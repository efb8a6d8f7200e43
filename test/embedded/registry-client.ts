import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf } from '../../src/oci/digest.ts';

/** The bare HTTP side of a test: one request, its answer read whole. Redirects are not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** A header's lines as they came, which `headers` joins. */
  lines(name: string): string[];
  text(): string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json(): any;
  /** The error codes of the body. */
  errorCodes(): string[];
}

export interface SendOptions {
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
}

export async function send(method: string, url: string | URL, options: SendOptions = {}): Promise<Answer> {
  const { headers = {}, body } = options;
  const [incoming, bytes] = await exchange(method, url, headers, body);
  const json = (): { errors: { code: string }[] } => JSON.parse(bytes.toString());
  return {
    status: incoming.statusCode ?? 0,
    headers: headersOf(incoming),
    bytes,
    lines: (name) => incoming.headersDistinct[name] ?? [],
    text: () => bytes.toString(),
    json,
    errorCodes: () => json().errors.map(({ code }) => code),
  };
}

async function exchange(
  method: string,
  url: string | URL,
  headers: Record<string, string>,
  body: SendOptions['body'],
): Promise<[IncomingMessage, Buffer]> {
  const outgoing = request(url, { method, headers, maxHeaderSize: 64 * 1024 });
  const isStream = typeof body === 'object' && Symbol.asyncIterator in body;
  if (!isStream && body !== undefined) outgoing.setHeader('content-length', Buffer.byteLength(body));
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  if (isStream) pipeline(body, outgoing).catch((error: Error) => outgoing.destroy(error));
  else outgoing.end(body);
  const [incoming] = await answered;
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return [incoming, Buffer.concat(chunks)];
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  return headers;
}

/** Begins an upload and returns its location as a URL. */
export async function beginUpload(repositoryUrl: string, query = ''): Promise<URL> {
  const begun = await send('POST', `${repositoryUrl}/blobs/uploads/${query}`);
  assert.equal(begun.status, 202, begun.text());
  return locationOf(begun, `${repositoryUrl}/blobs/uploads/`);
}

export function locationOf(answer: Answer, base: string | URL): URL {
  return new URL(answer.headers.get('location') ?? assert.fail('no Location'), base);
}

export function withDigest(location: URL, digest: Digest): URL {
  const url = new URL(location);
  url.searchParams.set('digest', digest);
  return url;
}

/** A blob with POST and PUT. */
export async function pushBlob(repositoryUrl: string, bytes: Uint8Array): Promise<Digest> {
  const digest = digestOf(bytes);
  const closed = await send('PUT', withDigest(await beginUpload(repositoryUrl), digest), { body: bytes });
  assert.equal(closed.status, 201, closed.text());
  return digest;
}

export async function pushManifest(
  repositoryUrl: string,
  reference: string,
  manifest: Record<string, unknown>,
): Promise<{ answer: Answer; bytes: Buffer; digest: Digest }> {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(bytes);
  const answer = await send('PUT', `${repositoryUrl}/manifests/${reference === '' ? digest : reference}`, {
    body: bytes,
    headers: { 'content-type': String(manifest['mediaType']) },
  });
  return { answer, bytes, digest };
}

export async function* chunksOf(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}
