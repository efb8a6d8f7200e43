import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import { OCTET_STREAM } from '../../oci/media-types.ts';
import type { BlobSource, PushBlobOptions } from '../store.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { closingUrl, readUploadSession, type UploadSession } from './upload-session.ts';

/** How often an upload may fall out of step before it is given up. */
const MAX_RESUMES = 8;

/**
 * PATCH by PATCH, then the closing PUT (distribution-spec 1.1 "Pushing a blob in chunks"). After 416 the registry is
 * asked how far it got, and the upload goes on from there.
 */
export async function uploadInChunks(
  connection: RegistryConnection,
  begun: UploadSession,
  blob: BlobSource,
  chunkBytes: number,
  options: PushBlobOptions,
): Promise<BufferedResponse> {
  let session = begun;
  let offset = 0; // bytes that the registry has
  for (let resumes = 0; resumes <= MAX_RESUMES; resumes++) {
    const sent = await sendChunks(connection, session, blob, offset, chunkBytes, options);
    if (sent.refused === undefined) return closeUpload(connection, sent.session, blob, options);
    if (sent.refused.status !== 416) return sent.refused;
    const status = await connection.request(
      { method: 'GET', url: sent.session.location, onBehalfOf: connection.origin, signal: options.signal },
      connection.push,
    );
    if (status.status !== 204 && status.status !== 202) return sent.refused;
    session = readUploadSession(status, sent.session);
    offset = receivedBytes(status);
  }
  throw new CodedError(
    'upload-refused',
    `uploading blob ${blob.digest}: ${begun.location.host} kept refusing the order of chunks (416)`,
  );
}

interface Sent {
  readonly session: UploadSession;
  readonly refused?: BufferedResponse;
}

async function sendChunks(
  connection: RegistryConnection,
  begun: UploadSession,
  blob: BlobSource,
  from: number,
  chunkBytes: number,
  options: PushBlobOptions,
): Promise<Sent> {
  let session = begun;
  let offset = from;
  for await (const chunk of chunksOf(blob.open(), from, chunkBytes)) {
    const response = await connection.request(
      {
        method: 'PATCH',
        url: session.location,
        headers: { 'content-type': OCTET_STREAM, 'content-range': `${offset}-${offset + chunk.byteLength - 1}` },
        body: chunk,
        onBehalfOf: connection.origin,
        signal: options.signal,
      },
      connection.push,
    );
    if (response.status !== 202 && response.status !== 204) return { session, refused: response };
    session = readUploadSession(response, session);
    offset += chunk.byteLength;
    options.onProgress?.(offset);
  }
  return { session };
}

function closeUpload(
  connection: RegistryConnection,
  session: UploadSession,
  blob: BlobSource,
  options: PushBlobOptions,
): Promise<BufferedResponse> {
  return connection.request(
    {
      method: 'PUT',
      url: closingUrl(session, blob.digest),
      headers: { 'content-length': '0', 'content-type': OCTET_STREAM },
      retry: 'replayable',
      onBehalfOf: connection.origin,
      signal: options.signal,
    },
    connection.push,
  );
}

/** `Range: 0-<last>` of a status answer; none, or `0-0` of an empty upload on older registries, is nothing yet. */
function receivedBytes(response: BufferedResponse): number {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get('range')?.trim() ?? '')?.[1];
  const bytes = last === undefined ? 0 : Number(last) + 1;
  return bytes === 1 ? 0 : bytes;
}

/** The stream cut into pieces of one size, after `skip` bytes; the last may be smaller. One piece is in memory. */
async function* chunksOf(stream: AsyncIterable<Uint8Array>, skip: number, size: number): AsyncIterable<Uint8Array> {
  let toSkip = skip;
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const piece of stream) {
    let rest = piece.subarray(Math.min(toSkip, piece.byteLength));
    toSkip -= piece.byteLength - rest.byteLength;
    while (held + rest.byteLength >= size) {
      const head = rest.subarray(0, size - held);
      yield Buffer.concat([...parts, head]);
      rest = rest.subarray(head.byteLength);
      parts = [];
      held = 0;
    }
    if (rest.byteLength > 0) parts.push(rest);
    held += rest.byteLength;
  }
  if (held > 0) yield Buffer.concat(parts);
}
