import { CodedError, hasCode } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import { OCTET_STREAM } from '../../oci/media-types.ts';
import type { BlobSource, PushBlobOptions } from '../store.ts';
import { uploadInChunks } from './chunked-upload.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';
import { cancelUpload, closingUrl, readUploadSession, type UploadSession } from './upload-session.ts';

/** A session that broke is begun anew this many times: its bytes cannot be sent a second time into the same one. */
const MAX_SESSIONS = 4;
/** From here on it pays to ask whether the blob is there already, which costs no request more (mount from itself). */
const WORTH_ASKING_BYTES = 1024 * 1024;
/** Where a registry, or a proxy before it, refuses a large body (413), it may take chunks of this size. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * POST then PUT, distribution-spec 1.1 "POST then PUT"; in chunks where the registry asks for them
 * (`OCI-Chunk-Min-Length`) or refuses the whole (413). A blob that is probably there is asked for by a mount from the
 * same repository: 201 if it is, an upload session like any other if it is not.
 */
export async function uploadBlob(
  connection: RegistryConnection,
  blob: BlobSource,
  options: PushBlobOptions = {},
): Promise<{ readonly written: boolean }> {
  let chunkBytes = 0;
  for (let attempt = 1; ; attempt++) {
    const session = await beginUpload(connection, blob, options, attempt);
    if (session === undefined) return { written: false };
    let response: BufferedResponse | undefined;
    try {
      await options.proceed;
      options.signal?.throwIfAborted();
      const wanted = Math.max(
        chunkBytes,
        session.minChunkBytes === 0 ? 0 : Math.max(session.minChunkBytes, CHUNK_BYTES),
      );
      response =
        wanted > 0 && blob.size > wanted
          ? await uploadInChunks(connection, session, blob, wanted, options)
          : await putWhole(connection, session, blob, options);
      if (response.status === 201 || response.status === 204) return { written: true };
    } catch (thrown) {
      await cancelUpload(connection, session);
      if (attempt < MAX_SESSIONS && mayBeginAnew(thrown)) continue;
      throw thrown;
    }
    await cancelUpload(connection, session);
    const tooLargeAtOnce = response.status === 413 && chunkBytes === 0 && blob.size > CHUNK_BYTES;
    if (tooLargeAtOnce) chunkBytes = CHUNK_BYTES;
    if (attempt < MAX_SESSIONS && (tooLargeAtOnce || isLostSession(response.status))) continue;
    throw uploadRefused(response, blob);
  }
}

/** undefined: the registry holds the blob already. */
async function beginUpload(
  connection: RegistryConnection,
  blob: BlobSource,
  options: PushBlobOptions,
  attempt: number,
): Promise<UploadSession | undefined> {
  const ask = attempt === 1 && (options.likelyPresent === true || blob.size >= WORTH_ASKING_BYTES);
  if (ask) {
    const from = `?mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(connection.repository)}`;
    const mounted = await post(connection, from, options);
    if (mounted.status === 201) return undefined;
    if (mounted.status === 202) return readUploadSession(mounted);
    // some registries stumble over mounts; the plain way is asked next and speaks for itself
  }
  const query = blob.digest.startsWith('sha256:')
    ? ''
    : `?digest-algorithm=${blob.digest.slice(0, blob.digest.indexOf(':'))}`;
  const response = await post(connection, query, options);
  if (response.status !== 202) throw registryErrorOf('POST', response, `beginning the upload of blob ${blob.digest}`);
  return readUploadSession(response);
}

function post(connection: RegistryConnection, query: string, options: PushBlobOptions): Promise<BufferedResponse> {
  const url = connection.url(`blobs/uploads/${query}`);
  return connection.request(
    // a session that is begun twice costs the registry a temporary file, so this may be repeated
    { method: 'POST', url, headers: { 'content-length': '0' }, retry: 'idempotent', signal: options.signal },
    connection.push,
  );
}

function putWhole(
  connection: RegistryConnection,
  session: UploadSession,
  blob: BlobSource,
  options: PushBlobOptions,
): Promise<BufferedResponse> {
  return connection.request(
    {
      method: 'PUT',
      url: closingUrl(session, blob.digest),
      headers: { 'content-type': OCTET_STREAM },
      body: { size: blob.size, open: () => blob.open() },
      retry: 'replayable',
      onBehalfOf: connection.origin,
      onSent: options.onProgress,
      signal: options.signal,
    },
    connection.push,
  );
}

/** The network broke, not the content: a fresh session may go through. */
function mayBeginAnew(thrown: unknown): boolean {
  return hasCode(thrown, 'network-unreachable', 'network-timeout', 'response-truncated', 'server-error');
}

/** 404 BLOB_UPLOAD_UNKNOWN, 416, or a failure of the server in the middle: the session is of no more use. */
function isLostSession(status: number): boolean {
  return status === 404 || status === 416 || status === 408 || status >= 500;
}

function uploadRefused(response: BufferedResponse, blob: BlobSource): CodedError {
  const refusal = registryErrorOf('PUT', response, `uploading blob ${blob.digest} (${blob.size} bytes)`);
  if (refusal.code !== 'manifest-too-large' && refusal.code !== 'manifest-unknown' && refusal.code !== 'http-status')
    return refusal;
  return new CodedError('upload-refused', refusal.message, {
    cause: refusal,
    hint: response.status === 413 ? 'The blob is larger than the registry, or a proxy before it, accepts.' : undefined,
  });
}
