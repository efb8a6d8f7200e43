import { CodedError, hasCode } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import { isMediaType } from '../../oci/artifact-type.ts';
import { computableAlgorithm, type Digest, digestOf, isDigest, verifyBytes } from '../../oci/digest.ts';
import { parseErrorBody } from '../../oci/error-body.ts';
import { type Manifest, parseManifest } from '../../oci/manifest.ts';
import { bareMediaType, MANIFEST_ACCEPT } from '../../oci/media-types.ts';
import type { FetchedManifest, ManifestTarget, ReadOptions, ReferrersHint } from '../store.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf, saysOciCode } from './registry-error.ts';

/** Larger than what registries take (4 MiB), so that what one registry took is read from any. */
const MAX_MANIFEST_READ_BYTES = 8 * 1024 * 1024;

/**
 * GET of a manifest, distribution-spec 1.1 "Pulling manifests". undefined for a 404 that is not "no such repository".
 * The bytes are hashed: by digest they must be it, by tag they must be what a Docker-Content-Digest claims.
 */
export async function findRegistryManifest(
  connection: RegistryConnection,
  target: ManifestTarget,
  options: ReadOptions = {},
): Promise<FetchedManifest | undefined> {
  const url = connection.url(`manifests/${formatTarget(target)}`);
  const response = await connection.request(
    { method: 'GET', url, headers: { accept: acceptFor(options) }, purpose: options.purpose, signal: options.signal },
    connection.pull,
    MAX_MANIFEST_READ_BYTES,
  );
  const what = `manifest ${describeTarget(connection, target)}`;
  if (response.status === 404 && !saysOciCode(parseErrorBody(response.bytes), 'NAME_UNKNOWN')) return undefined;
  if (response.status !== 200) throw registryErrorOf('GET', response, `reading ${what}`);
  const manifest = readManifest(response, target, what);
  const etag = response.headers.get('etag');
  const referrersHint = readHint(response);
  return { manifest, ...(etag !== undefined && { etag }), ...(referrersHint !== undefined && { referrersHint }) };
}

/** A list may name types that nobody has heard of; where Accept decides what is found, they have to be asked for. */
function acceptFor({ mediaType }: ReadOptions): string {
  const isExtra = mediaType !== undefined && isMediaType(mediaType) && !MANIFEST_ACCEPT.includes(mediaType);
  return isExtra ? `${MANIFEST_ACCEPT}, ${mediaType}` : MANIFEST_ACCEPT;
}

/** Throws `json-invalid` or `manifest-invalid` only where the bytes, which are the right ones, are to blame. */
function readManifest(response: BufferedResponse, target: ManifestTarget, what: string): Manifest {
  const contentType = response.headers.get('content-type');
  if (bareMediaType(contentType) === 'text/html') {
    throw new CodedError(
      'response-invalid',
      `${what}: ${response.url.host} answered with an HTML page instead of a manifest`,
      {
        hint: 'A login page or a proxy answered in place of the registry.',
      },
    );
  }
  const digest = verifiedDigest(response, target, what);
  try {
    return parseManifest(response.bytes, { what, mediaType: contentType, digest });
  } catch (thrown) {
    if (hasCode(thrown, 'manifest-invalid')) refuseWrongType(response.bytes, what, digest, thrown);
    throw thrown;
  }
}

/** The bytes make sense without the Content-Type: "clients SHOULD verify that they match" (distribution-spec 1.1 "Pulling manifests"). */
function refuseWrongType(bytes: Uint8Array, what: string, digest: Digest, cause: CodedError): void {
  try {
    parseManifest(bytes, { what, digest });
  } catch {
    return; // they make no sense either way: the first error stands
  }
  throw new CodedError('response-invalid', cause.message, {
    cause,
    hint: 'The Content-Type of the answer and the manifest contradict each other: the registry or a proxy is at fault.',
  });
}

/** The digest of the bytes, in the algorithm that was asked for or that the registry names; never one that was only said. */
function verifiedDigest(response: BufferedResponse, target: ManifestTarget, what: string): Digest {
  if (typeof target === 'string') {
    verifyBytes(response.bytes, target, undefined, what);
    return target;
  }
  const said = response.headers.get('docker-content-digest')?.trim();
  if (said === undefined || !isDigest(said) || computableAlgorithm(said) === undefined) return digestOf(response.bytes);
  verifyBytes(response.bytes, said, undefined, `${what} with Docker-Content-Digest`);
  return said;
}

/** The headers proposed in distribution-spec issue 454. */
function readHint(response: BufferedResponse): ReferrersHint | undefined {
  const word = response.headers.get('oci-referrers')?.trim().toLowerCase();
  const types = response.headers.get('oci-referrers-artifact-types');
  const artifactTypes = types?.split(',').flatMap((type) => (type.trim() === '' ? [] : [type.trim()]));
  if (word !== 'absent' && word !== 'present' && artifactTypes === undefined) return undefined;
  return {
    ...((word === 'absent' || word === 'present') && { present: word === 'present' }),
    ...(artifactTypes !== undefined && { artifactTypes }),
  };
}

export function formatTarget(target: ManifestTarget): string {
  return typeof target === 'string' ? target : target.tag;
}

export function describeTarget(connection: RegistryConnection, target: ManifestTarget): string {
  const name = `${connection.origin.host}/${connection.repository}`;
  return typeof target === 'string' ? `${name}@${target}` : `${name}:${target.tag}`;
}
