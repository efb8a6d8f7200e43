import type { BufferedResponse, RetryPolicy } from '../../net/types.ts';
import { algorithmOf } from '../../oci/digest.ts';
import type { BlobSource, PushBlobOptions } from '../store.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';
import { readUploadSession, type UploadSession } from './upload-session.ts';

/** From here on it pays to ask whether the blob is there already, which costs no request more. */
const WORTH_ASKING_BYTES = 1024 * 1024;

/**
 * POST of an upload. A blob that may well be there is asked for by a mount from the same repository (distribution-spec
 * 1.1 "Mounting a blob from another repository"): 201 if it is, a session like any other if it is not. undefined: the
 * registry holds the blob already.
 */
export async function beginUpload(
  connection: RegistryConnection,
  blob: BlobSource,
  options: PushBlobOptions,
  again: boolean,
  retry: RetryPolicy = 'idempotent', // a session that is begun twice costs the registry a temporary file
): Promise<UploadSession | undefined> {
  // the end of an upload that broke may have gone unheard
  const ask = again || options.likelyPresent === true || blob.size >= WORTH_ASKING_BYTES;
  if (ask) {
    const mounted = await post(connection, mountQuery(connection, blob), options, retry);
    if (mounted.status === 201) return undefined;
    if (mounted.status === 202) return readUploadSession(mounted);
    // some registries stumble over mounts; the plain way is asked next and speaks for itself
  }
  const algorithm = algorithmOf(blob.digest);
  const query = algorithm === 'sha256' ? '' : `?digest-algorithm=${algorithm}`;
  const response = await post(connection, query, options, retry);
  if (response.status === 202) return readUploadSession(response);
  throw registryErrorOf('POST', response, `beginning the upload of blob ${blob.digest}`);
}

function mountQuery(connection: RegistryConnection, { digest }: BlobSource): string {
  const from = encodeURIComponent(connection.repository);
  const algorithm = algorithmOf(digest);
  const named = algorithm === 'sha256' ? '' : `&digest-algorithm=${algorithm}`;
  return `?mount=${encodeURIComponent(digest)}&from=${from}${named}`;
}

function post(
  connection: RegistryConnection,
  query: string,
  { signal }: PushBlobOptions,
  retry: RetryPolicy,
): Promise<BufferedResponse> {
  const url = connection.url(`blobs/uploads/${query}`);
  return connection.request(
    { method: 'POST', url, headers: { 'content-length': '0' }, retry, signal },
    connection.push,
  );
}
