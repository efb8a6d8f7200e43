import { type CodedError, hasCode } from '../../errors/coded-error.ts';
import { pause, signalsOf } from '../../net/abort.ts';
import { backoff } from '../../net/retry.ts';
import type { BufferedResponse, StreamBody } from '../../net/types.ts';
import { OCTET_STREAM } from '../../oci/media-types.ts';
import type { BlobSource, PushBlobOptions } from '../store.ts';
import { chunksOf } from './chunks-of.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { closingUrl, readUploadSession, requestAtLocation, type UploadSession } from './upload-session.ts';

/** How often an upload may fall out of step, or be cut off, before it is given up. */
const MAX_RESUMES = 8;
const BACKOFF_BASE_MS = 250;

/** How far an upload got, and what stopped it, if anything did. */
interface Progress {
  readonly session: UploadSession;
  /** Bytes that the registry has, as far as is known. */
  readonly offset: number;
  readonly stopped?: BufferedResponse | CodedError;
}

/**
 * PATCH by PATCH, then the closing PUT (distribution-spec 1.1 "Pushing a blob in chunks"). After 416, a failure of the
 * server or a cut connection the registry is asked how far it got, and the upload goes on from there. The answer is
 * that of the PUT, or the one that stopped the upload for good.
 */
export async function uploadInChunks(
  connection: RegistryConnection,
  session: UploadSession,
  blob: BlobSource,
  chunkBytes: number,
  options: PushBlobOptions,
): Promise<BufferedResponse> {
  let progress: Progress = { session, offset: 0 };
  for (let resumes = 0; ; resumes++) {
    progress = await sendChunks(connection, progress, blob, chunkBytes, options);
    const { stopped } = progress;
    if (stopped === undefined) return closeUpload(connection, progress.session, blob, options);
    const resumed =
      mayResume(stopped) && resumes < MAX_RESUMES ? await resume(connection, progress, options) : undefined;
    if (resumed === undefined) return answerOrThrow(stopped);
    if (stopped instanceof Error) await pause(backoff(resumes + 1, BACKOFF_BASE_MS), signalsOf(options));
    progress = resumed;
  }
}

function answerOrThrow(stopped: BufferedResponse | CodedError): BufferedResponse {
  if (stopped instanceof Error) throw stopped;
  return stopped;
}

function mayResume(stopped: BufferedResponse | CodedError): boolean {
  return stopped instanceof Error || stopped.status === 416 || stopped.status >= 500;
}

/** GET of the session: 204 with what has arrived. undefined: the registry cannot say. */
async function resume(
  connection: RegistryConnection,
  { session }: Progress,
  { signal }: PushBlobOptions,
): Promise<Progress | undefined> {
  const status = await requestAtLocation(connection, { method: 'GET', url: session.location, signal });
  if (status.status !== 204 && status.status !== 202) return undefined;
  return { session: readUploadSession(status, session), offset: receivedBytes(status) };
}

async function sendChunks(
  connection: RegistryConnection,
  { session: begun, offset: from }: Progress,
  blob: BlobSource,
  chunkBytes: number,
  options: PushBlobOptions,
): Promise<Progress> {
  let session = begun;
  let offset = from;
  for await (const chunk of chunksOf(blob.open(), from, chunkBytes)) {
    const response = await sendChunk(connection, session, chunk, offset, options);
    if (response instanceof Error || (response.status !== 202 && response.status !== 204))
      return { session, offset, stopped: response };
    session = readUploadSession(response, session);
    offset += chunk.size;
    options.onProgress?.(offset);
  }
  return { session, offset };
}

/** A connection that was cut in the middle is a value: what arrived before is not lost. */
async function sendChunk(
  connection: RegistryConnection,
  { location }: UploadSession,
  chunk: StreamBody,
  offset: number,
  { signal }: PushBlobOptions,
): Promise<BufferedResponse | CodedError> {
  try {
    return await requestAtLocation(connection, {
      method: 'PATCH',
      url: location,
      headers: { 'content-type': OCTET_STREAM, 'content-range': `${offset}-${offset + chunk.size - 1}` },
      body: chunk,
      signal,
    });
  } catch (thrown) {
    if (hasCode(thrown, 'network-unreachable', 'network-timeout', 'response-truncated')) return thrown;
    throw thrown;
  }
}

function closeUpload(
  connection: RegistryConnection,
  session: UploadSession,
  blob: BlobSource,
  options: PushBlobOptions,
): Promise<BufferedResponse> {
  return requestAtLocation(connection, {
    method: 'PUT',
    url: closingUrl(session, blob.digest),
    headers: { 'content-length': '0', 'content-type': OCTET_STREAM },
    retry: 'replayable',
    signal: options.signal,
  });
}

/** `Range: 0-<last>` of a status answer; none, or `0-0` of an empty upload on older registries, is nothing yet. */
function receivedBytes(response: BufferedResponse): number {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get('range')?.trim() ?? '')?.[1];
  const bytes = last === undefined ? 0 : Number(last) + 1;
  return bytes === 1 ? 0 : bytes;
}
