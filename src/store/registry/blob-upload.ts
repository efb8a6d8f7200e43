import { type CodedError, hasCode, toCodedError } from '../../errors/coded-error.ts';
import { pause, signalsOf } from '../../net/abort.ts';
import { backoff } from '../../net/retry.ts';
import type { BufferedResponse } from '../../net/types.ts';
import { OCTET_STREAM } from '../../oci/media-types.ts';
import type { BlobSource, PushBlobOptions } from '../store.ts';
import { type Beginning, type BeginOptions, beginUpload } from './begin-upload.ts';
import { chunkBytesFor, smallerChunks, WHOLE } from './chunk-size.ts';
import { uploadInChunks } from './chunked-upload.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { uploadRefused } from './upload-errors.ts';
import { cancelUpload, closingUrl, requestAtLocation, type UploadSession } from './upload-session.ts';

/** A session that broke is begun anew this many times: its bytes cannot be sent a second time into the same one. */
const MAX_SESSIONS = 5;
/** From here on it pays to ask whether the blob is there already, which costs no request more. */
const WORTH_ASKING_BYTES = 1024 * 1024;
const BACKOFF_BASE_MS = 250;

/** How a session ended that did not end with the blob in the registry. */
type Failure = BufferedResponse | CodedError;

/**
 * POST then PUT, distribution-spec 1.1 "POST then PUT"; in chunks where the registry asks for them
 * (`OCI-Chunk-Min-Length`), where the whole is refused as too large (413), or where the connection broke in the middle
 * of a large one. Whatever the end, no session is left open.
 */
export async function uploadBlob(
  connection: RegistryConnection,
  blob: BlobSource,
  options: PushBlobOptions = {},
): Promise<{ readonly written: boolean }> {
  options.proceed?.catch(() => undefined); // it may fail before it is awaited
  let chunkBytes = WHOLE;
  let mayMount = options.mount !== false;
  for (let attempt = 1; ; attempt++) {
    // the end of an upload that broke may have gone unheard
    const mount = mayMount && (attempt > 1 || options.likelyPresent === true || blob.size >= WORTH_ASKING_BYTES);
    const begin = attempt === 1 ? beginPrepared : beginUpload;
    const beginning = await begin(connection, blob, { mount, signal: options.signal, proceed: options.proceed });
    if (beginning.claimed) return { written: false };
    const { session } = beginning;
    mayMount &&= !mount || beginning.mounts;
    const failure = await useSession(connection, session, blob, chunkBytes, options);
    if (failure === undefined) return { written: true };
    const smaller = smallerChunks(blob.size, chunkBytes, wasTooLarge(failure), wasCutOff(failure));
    if (attempt >= MAX_SESSIONS || (smaller === undefined && !mayBeginAnew(failure))) throw errorOf(failure, blob);
    chunkBytes = smaller ?? chunkBytes;
    if (!wasTooLarge(failure)) await pause(backoff(attempt, BACKOFF_BASE_MS), signalsOf(options));
  }
}

/**
 * The first session. One that is only prepared is asked for once, since it may not be needed: a registry that fails, or
 * asks to be left alone, is asked again when it is.
 */
async function beginPrepared(
  connection: RegistryConnection,
  blob: BlobSource,
  { proceed, ...options }: BeginOptions & { readonly proceed: Promise<unknown> | undefined },
): Promise<Beginning> {
  if (proceed === undefined) return beginUpload(connection, blob, options);
  try {
    return await beginUpload(connection, blob, { ...options, retry: 'never' });
  } catch (thrown) {
    await proceed;
    const failure = toCodedError(thrown);
    if (!mayBeginAnew(failure) && failure.code !== 'rate-limited') throw failure;
    return beginUpload(connection, blob, { ...options, mount: false }); // what failed was perhaps the mount
  }
}

/** undefined: the registry holds the blob now. Otherwise the session has been cancelled. */
async function useSession(
  connection: RegistryConnection,
  session: UploadSession,
  blob: BlobSource,
  chunkBytes: number,
  options: PushBlobOptions,
): Promise<Failure | undefined> {
  try {
    await options.proceed;
  } catch (thrown) {
    await cancelUpload(connection, session);
    throw thrown; // nothing is wrong with the upload
  }
  const failure = await send(connection, session, blob, chunkBytes, options).catch(toCodedError);
  if (!(failure instanceof Error) && (failure.status === 201 || failure.status === 204)) return undefined;
  await cancelUpload(connection, session);
  return failure;
}

async function send(
  connection: RegistryConnection,
  session: UploadSession,
  blob: BlobSource,
  chunkBytes: number,
  options: PushBlobOptions,
): Promise<BufferedResponse> {
  const pieces = chunkBytesFor(chunkBytes, session.minChunkBytes);
  if (blob.size > pieces) return uploadInChunks(connection, session, blob, pieces, options);
  return requestAtLocation(connection, {
    method: 'PUT',
    url: closingUrl(session, blob.digest),
    headers: { 'content-type': OCTET_STREAM },
    body: { size: blob.size, open: () => blob.open() },
    retry: 'replayable',
    onSent: options.onProgress,
    signal: options.signal,
  });
}

function wasTooLarge(failure: Failure): boolean {
  return !(failure instanceof Error) && failure.status === 413;
}

/** The network broke, not the content. */
function wasCutOff(failure: Failure): boolean {
  return hasCode(failure, 'network-unreachable', 'network-timeout', 'response-truncated');
}

/** A cut connection; 404 BLOB_UPLOAD_UNKNOWN, 416, or a failure of the server: the session is of no more use, another may be. */
function mayBeginAnew(failure: Failure): boolean {
  if (failure instanceof Error) return wasCutOff(failure) || failure.code === 'server-error';
  const { status } = failure;
  return status === 404 || status === 416 || status === 408 || status >= 500;
}

function errorOf(failure: Failure, blob: BlobSource): CodedError {
  return failure instanceof Error ? failure : uploadRefused(failure, blob);
}
