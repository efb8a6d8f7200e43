import { deleteBlob, getBlob } from './endpoints/blobs.ts';
import { deleteManifest } from './endpoints/delete-manifest.ts';
import { getManifest } from './endpoints/get-manifest.ts';
import { putManifest } from './endpoints/put-manifest.ts';
import { listReferrers } from './endpoints/referrers.ts';
import { listTags } from './endpoints/tags.ts';
import { cancelUpload, closeUpload, patchUpload, startUpload, uploadStatus } from './endpoints/uploads.ts';
import { errorResponse, jsonResponse, type RegistryRequest, type RegistryResponse, textResponse } from './exchange.ts';
import type { RegistryContext } from './registry-context.ts';
import { isRepositoryName, type Route } from './route.ts';

/** A request of the distribution-spec -> its answer. HEAD is answered as GET; its body is left out on the wire. */
export async function dispatch(
  context: RegistryContext,
  request: RegistryRequest,
  route: Route,
): Promise<RegistryResponse> {
  if ('repository' in route && !takesName(context, route.repository)) {
    return errorResponse(400, 'NAME_INVALID', 'invalid repository name', { name: route.repository });
  }
  const verb = request.method === 'HEAD' ? 'GET' : request.method;
  switch (route.kind) {
    case 'base':
      return verb === 'GET' ? jsonResponse(200, {}) : methodNotAllowed('GET, HEAD');
    case 'tags':
      return verb === 'GET' ? listTags(context, request, route.repository) : methodNotAllowed('GET, HEAD');
    case 'referrers':
      return verb === 'GET' ? listReferrers(context, request, route.repository, route.digest) : methodNotAllowed('GET');
    case 'manifest': {
      const { repository, reference } = route;
      if (verb === 'GET') return getManifest(context, request, repository, reference);
      if (verb === 'PUT') return putManifest(context, request, repository, reference);
      if (verb === 'DELETE') return deleteManifest(context, repository, reference);
      return methodNotAllowed('GET, HEAD, PUT, DELETE');
    }
    case 'blob':
      if (verb === 'GET') return getBlob(context, request, route.repository, route.digest);
      if (verb === 'DELETE') return deleteBlob(context, route.repository, route.digest);
      return methodNotAllowed('GET, HEAD, DELETE');
    case 'uploads':
      return verb === 'POST' ? startUpload(context, request, route.repository) : methodNotAllowed('POST');
    case 'upload': {
      const { repository, session } = route;
      if (verb === 'PATCH') return patchUpload(context, request, repository, session);
      if (verb === 'PUT') return closeUpload(context, request, repository, session);
      if (verb === 'GET') return uploadStatus(context, repository, session);
      if (verb === 'DELETE') return cancelUpload(context, repository, session);
      return methodNotAllowed('GET, PATCH, PUT, DELETE');
    }
    case 'token':
    case 'unknown':
      return textResponse(404, '404 page not found\n');
  }
}

function takesName({ repositories }: RegistryContext, name: string): boolean {
  return isRepositoryName(name) && repositories.takesName(name);
}

function methodNotAllowed(allow: string): RegistryResponse {
  return errorResponse(405, 'UNSUPPORTED', 'method not allowed', undefined, { allow });
}
