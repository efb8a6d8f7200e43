import { CodedError, hasCode } from '../../errors/coded-error.ts';
import type { BufferedResponse, HttpRequest } from '../../net/types.ts';
import type { Digest } from '../../oci/digest.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { locationRefused } from './upload-errors.ts';

/** An upload that the registry has begun: where the bytes go, and the least size of a chunk if it named one. */
export interface UploadSession {
  readonly location: URL;
  /** Bytes; 0: none was named. */
  readonly minChunkBytes: number;
}

/** How long a cancel may take: it is what a run does last. */
const CANCEL_MS = 5000;

/** The session that a 202 opened, distribution-spec 1.1 "Pushing a blob in chunks". */
export function readUploadSession(response: BufferedResponse, previous?: UploadSession): UploadSession {
  const location = response.headers.get('location');
  if (location === undefined || !URL.canParse(location, response.url.href)) {
    if (previous !== undefined) return previous;
    throw new CodedError(
      'upload-refused',
      `${response.url.host} answered ${response.status} to the begin of an upload without a usable Location`,
    );
  }
  const minimum = Number(response.headers.get('oci-chunk-min-length') ?? '');
  return {
    location: withoutFragment(new URL(location, response.url.href)),
    minChunkBytes: Number.isSafeInteger(minimum) && minimum > 0 ? minimum : (previous?.minChunkBytes ?? 0),
  };
}

function withoutFragment(url: URL): URL {
  url.hash = '';
  return url;
}

/** The location with `digest=` appended; what the registry put into its query stays as it is, verbatim. */
export function closingUrl(session: UploadSession, digest: Digest): URL {
  const { href, search } = session.location;
  return new URL(`${href}${search === '' && !href.endsWith('?') ? '?' : '&'}digest=${encodeURIComponent(digest)}`);
}

/**
 * A request to where the registry said that the bytes go: another host perhaps, which gets no credentials, and never
 * one that the registry has no business to lead to (CVE-2026-50151). Throws `upload-location-refused` for those.
 */
export async function requestAtLocation(
  connection: RegistryConnection,
  request: HttpRequest,
): Promise<BufferedResponse> {
  try {
    return await connection.request({ ...request, onBehalfOf: connection.origin }, connection.push);
  } catch (thrown) {
    throw hasCode(thrown, 'address-refused') ? locationRefused(connection, request.url, thrown) : thrown;
  }
}

/** DELETE of a session that will not be finished (SHOULD be sent, failures are ignored: the registry expires it). */
export async function cancelUpload(connection: RegistryConnection, session: UploadSession): Promise<void> {
  try {
    // not with the caller's signal: this is what happens after it fired
    await requestAtLocation(connection, {
      method: 'DELETE',
      url: session.location,
      retry: 'never',
      outlivesAbort: true,
      signal: AbortSignal.timeout(CANCEL_MS),
    });
  } catch {
    // a registry that does not know cancelling, or is gone, loses nothing but a temporary file
  }
}
