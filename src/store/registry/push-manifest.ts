import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import { computableAlgorithm, type Digest, digestOf, isDigest, verifyBytes } from '../../oci/digest.ts';
import type { ManifestTarget, PushManifestRequest, PushManifestResult } from '../store.ts';
import { describeTarget, formatTarget } from './manifests.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

/**
 * PUT of a manifest, distribution-spec 1.1 "Pushing Manifests". A tag is written once at most: what failed must begin
 * again from a fresh read. By digest the PUT may be repeated, since it always means the same.
 */
export async function pushRegistryManifest(
  connection: RegistryConnection,
  request: PushManifestRequest,
): Promise<PushManifestResult> {
  const { bytes, mediaType, target, precondition } = request;
  const what = `manifest ${describeTarget(connection, target)}`;
  const response = await connection.request(
    {
      method: 'PUT',
      url: connection.url(`manifests/${formatTarget(target)}`),
      headers: {
        'content-type': mediaType,
        ...(precondition === 'none' && { 'if-none-match': '*' }),
        ...(typeof precondition === 'object' && { 'if-match': precondition.match }),
      },
      body: bytes,
      retry: typeof target === 'string' ? 'idempotent' : 'never',
      signal: request.signal,
    },
    connection.push,
  );
  if (![200, 201, 202].includes(response.status)) throw registryErrorOf('PUT', response, `pushing ${what}`);
  const digest = pushedDigest(response, bytes, target, what);
  const ociSubject = response.headers.get('oci-subject')?.trim();
  return { digest, ...(ociSubject !== undefined && ociSubject !== '' && { ociSubject }) };
}

/** "The returned Docker-Content-Digest MUST equal the client's": another one means that other bytes are stored. */
function pushedDigest(response: BufferedResponse, bytes: Uint8Array, target: ManifestTarget, what: string): Digest {
  const algorithm = typeof target === 'string' ? computableAlgorithm(target) : undefined;
  const own = typeof target === 'string' ? target : digestOf(bytes, algorithm);
  const said = response.headers.get('docker-content-digest')?.trim();
  if (said !== undefined && isDigest(said) && computableAlgorithm(said) !== undefined) {
    verifyBytes(bytes, said, undefined, `${what}: the registry's answer to the push`);
  }
  return own;
}

/** DELETE by digest. False: it was not there. Throws `delete-refused` where the registry does not allow it. */
export async function deleteRegistryManifest(connection: RegistryConnection, digest: Digest): Promise<boolean> {
  const response = await connection.request(
    { method: 'DELETE', url: connection.url(`manifests/${digest}`) },
    connection.remove,
  );
  if (response.status === 202 || response.status === 200 || response.status === 204) return true;
  if (response.status === 404) return false;
  const cause = registryErrorOf('DELETE', response, `deleting manifest ${digest}`);
  if (response.status >= 500 || response.status === 429) throw cause;
  throw new CodedError('delete-refused', cause.message, {
    cause,
    hint: 'Deleting may be disabled in the registry, or the credentials may lack the delete permission.',
  });
}
