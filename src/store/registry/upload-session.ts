import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import type { Digest } from '../../oci/digest.ts';
import type { RegistryConnection } from './registry-connection.ts';

/** An upload that the registry has begun: where the bytes go, and the least size of a chunk if it named one. */
export interface UploadSession {
  readonly location: URL;
  readonly minChunkBytes: number;
}

/** The session that a 202 opened, distribution-spec 1.1 "Pushing a blob in chunks". */
export function readUploadSession(response: BufferedResponse, previous?: UploadSession): UploadSession {
  const location = response.headers.get('location');
  if (location === undefined || !URL.canParse(location, response.url.href)) {
    if (previous !== undefined) return previous;
    throw new CodedError(
      'upload-refused',
      `${response.url.host} answered ${response.status} to the begin of an upload without a Location`,
    );
  }
  const minimum = Number(response.headers.get('oci-chunk-min-length') ?? '');
  return {
    location: new URL(location, response.url.href),
    minChunkBytes: Number.isSafeInteger(minimum) && minimum > 0 ? minimum : (previous?.minChunkBytes ?? 0),
  };
}

/** The location with `digest=` appended; what the registry put into its query stays as it is, verbatim. */
export function closingUrl(session: UploadSession, digest: Digest): URL {
  const { href, search } = session.location;
  return new URL(`${href}${search === '' && !href.endsWith('?') ? '?' : '&'}digest=${encodeURIComponent(digest)}`);
}

/** DELETE of a session that will not be finished (SHOULD be sent, failures are ignored: the registry expires it). */
export async function cancelUpload(connection: RegistryConnection, session: UploadSession): Promise<void> {
  try {
    // not the caller's signal: this is what happens after it fired
    await connection.request(
      {
        method: 'DELETE',
        url: session.location,
        retry: 'never',
        onBehalfOf: connection.origin,
        signal: AbortSignal.timeout(5000),
      },
      connection.push,
    );
  } catch {
    // a registry that does not know cancelling, or is gone, loses nothing but a temporary file
  }
}
