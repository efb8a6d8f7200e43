import { type Digest, isDigest } from '../../oci/digest.ts';
import { OCTET_STREAM } from '../../oci/media-types.ts';
import type { Layout } from '../../store/layout/layout.ts';
import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse } from '../exchange.ts';
import type { RegistryContext } from '../registry-context.ts';
import { parseRange } from './byte-range.ts';
import { nameUnknown } from './manifest-errors.ts';

/** GET and HEAD of a blob, distribution-spec 1.1 "Pulling blobs"; Range as RFC 9110 §14. */
export async function getBlob(
  context: RegistryContext,
  request: RegistryRequest,
  repository: string,
  digest: string,
): Promise<RegistryResponse> {
  const found = await findBlob(context, repository, digest);
  if ('response' in found) return found.response;
  const { layout, size } = found;
  const headers = {
    'content-type': OCTET_STREAM,
    'docker-content-digest': found.digest,
    etag: `"${found.digest}"`,
    'accept-ranges': 'bytes',
  };
  // a Range is meant for GET only: RFC 9110 §14.2
  const range = request.method === 'GET' ? parseRange(headerOf(request, 'range'), size) : undefined;
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { 'content-range': `bytes */${size}` } };
  }
  if (range === undefined) {
    return { status: 200, headers, body: { size, open: () => layout.backend.openBlob(found.digest) } };
  }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` },
    body: { size: range.end - range.start, open: () => layout.backend.openBlob(found.digest, range) },
  };
}

/**
 * distribution-spec 1.1 "Deleting Blobs". In a layout manifests lie among the blobs: one that is still listed is
 * deleted as a manifest, or its tags would lead nowhere.
 */
export async function deleteBlob(
  context: RegistryContext,
  repository: string,
  digest: string,
): Promise<RegistryResponse> {
  const found = await findBlob(context, repository, digest);
  if ('response' in found) return found.response;
  if ((await found.layout.resolveDigest(found.digest)) !== undefined) {
    return errorResponse(405, 'UNSUPPORTED', 'this is a manifest, and not deleted as a blob', { digest });
  }
  await found.layout.backend.removeBlob(found.digest);
  return { status: 202, headers: {} };
}

type FoundBlob =
  | { readonly layout: Layout; readonly digest: Digest; readonly size: number }
  | { readonly response: RegistryResponse };

async function findBlob(context: RegistryContext, repository: string, digest: string): Promise<FoundBlob> {
  if (!isDigest(digest)) {
    return { response: errorResponse(400, 'DIGEST_INVALID', `${JSON.stringify(digest)} is not a digest`) };
  }
  const layout = await context.repositories.find(repository);
  if (layout === undefined) return { response: nameUnknown(repository) };
  const size = await layout.backend.blobSize(digest);
  if (size === undefined)
    return { response: errorResponse(404, 'BLOB_UNKNOWN', 'blob unknown to registry', { digest }) };
  return { layout, digest, size };
}
