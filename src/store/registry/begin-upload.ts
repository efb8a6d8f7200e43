import { hasCode } from '../../errors/coded-error.ts';
import type { BufferedResponse, RetryPolicy } from '../../net/types.ts';
import { algorithmOf } from '../../oci/digest.ts';
import type { BlobSource, PushBlobOptions } from '../store.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';
import { readUploadSession, type UploadSession } from './upload-session.ts';

/**
 * How an upload began. `claimed`: the registry says that it holds the blob. `mounts` false: it stumbled over the mount,
 * which is not to be tried again.
 */
export type Beginning =
  | { readonly claimed: true }
  | { readonly claimed: false; readonly session: UploadSession; readonly mounts: boolean };

export interface BeginOptions extends Pick<PushBlobOptions, 'signal'> {
  /** Ask for the blob by a mount first. */
  readonly mount: boolean;
  /** Default `idempotent`: a session that is begun twice costs the registry a temporary file. */
  readonly retry?: RetryPolicy | undefined;
}

/**
 * POST of an upload. A blob that may well be there is asked for by a mount from the same repository (distribution-spec
 * 1.1 "Mounting a blob from another repository"): 201 if it is, a session like any other if it is not.
 */
export async function beginUpload(
  connection: RegistryConnection,
  blob: BlobSource,
  options: BeginOptions,
): Promise<Beginning> {
  const mounted = options.mount ? await tryMount(connection, blob, options) : undefined;
  if (mounted !== undefined) return mounted;
  const algorithm = algorithmOf(blob.digest);
  const query = algorithm === 'sha256' ? '' : `?digest-algorithm=${algorithm}`;
  const response = await post(connection, query, { ...options, retry: options.retry ?? 'idempotent' });
  if (response.status !== 202) throw registryErrorOf('POST', response, `beginning the upload of blob ${blob.digest}`);
  return { claimed: false, session: readUploadSession(response), mounts: !options.mount };
}

/** undefined: some registries stumble over mounts, each in its own way; the plain POST is next and speaks for itself. */
async function tryMount(
  connection: RegistryConnection,
  blob: BlobSource,
  options: BeginOptions,
): Promise<Beginning | undefined> {
  try {
    // a cut connection is no reason to try the mount again: the plain POST has tries of its own
    const { signal, retry = 'replayable' } = options;
    const mounted = await post(connection, mountQuery(connection, blob), { signal, retry });
    if (mounted.status === 201) return { claimed: true };
    if (mounted.status === 202) return { claimed: false, session: readUploadSession(mounted), mounts: true };
  } catch (thrown) {
    if (!hasCode(thrown, ...ABOUT_THE_MOUNT)) throw thrown; // the end of the run is none of these
  }
  return undefined;
}

/** What a mount may end in where a plain POST does not. */
const ABOUT_THE_MOUNT = [
  'network-unreachable',
  'network-timeout',
  'response-truncated',
  'response-too-large',
  'credentials-refused',
  'credentials-missing',
  'upload-refused',
] as const;

function mountQuery(connection: RegistryConnection, { digest }: BlobSource): string {
  const from = encodeURIComponent(connection.repository);
  const algorithm = algorithmOf(digest);
  const named = algorithm === 'sha256' ? '' : `&digest-algorithm=${algorithm}`;
  return `?mount=${encodeURIComponent(digest)}&from=${from}${named}`;
}

function post(
  connection: RegistryConnection,
  query: string,
  { signal, retry }: Pick<BeginOptions, 'signal' | 'retry'>,
): Promise<BufferedResponse> {
  const url = connection.url(`blobs/uploads/${query}`);
  return connection.request(
    { method: 'POST', url, headers: { 'content-length': '0' }, retry, signal },
    connection.push,
  );
}
