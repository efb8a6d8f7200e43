import { errorResponse, type RegistryResponse } from '../exchange.ts';
import type { Call } from '../registry-context.ts';
import { isDigestReference } from '../route.ts';
import type { QuirkLayer } from './quirk-layer.ts';

/** Writes that a registry refuses: all of them, deletes, or changes of a tag. */
export const writeQuirks: QuirkLayer = {
  async before(call) {
    return refuseAllWrites(call) ?? refuseDelete(call) ?? (await refuseTagChange(call));
  },
};

const WRITES = ['POST', 'PUT', 'PATCH', 'DELETE'];

function refuseAllWrites({ quirks, request, route }: Call): RegistryResponse | undefined {
  if (quirks.readOnly === undefined || route.kind === 'token' || !WRITES.includes(request.method)) return undefined;
  return quirks.readOnly === 405
    ? errorResponse(405, 'UNSUPPORTED', 'The operation is unsupported.')
    : errorResponse(403, 'DENIED', 'the registry is read-only');
}

function refuseDelete({ quirks, request, route }: Call): RegistryResponse | undefined {
  if (request.method !== 'DELETE' || (route.kind !== 'manifest' && route.kind !== 'blob')) return undefined;
  if (quirks.deleteDisabled !== undefined) {
    return errorResponse(quirks.deleteDisabled, 'UNSUPPORTED', 'The operation is unsupported.');
  }
  const isTag = route.kind === 'manifest' && !isDigestReference(route.reference);
  if (isTag && quirks.tagDelete === false) {
    return errorResponse(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  return undefined;
}

async function refuseTagChange({ quirks, request, route, context }: Call): Promise<RegistryResponse | undefined> {
  const status = quirks.immutableTags;
  if (status === undefined || request.method !== 'PUT' || route.kind !== 'manifest') return undefined;
  const { repository, reference } = route;
  if (isDigestReference(reference)) return undefined;
  const held = await (await context.repositories.find(repository))?.resolveTag(reference);
  return held === undefined ? undefined : immutable(status, repository, reference);
}

function immutable(status: 400 | 403 | 409 | 412, repository: string, tag: string): RegistryResponse {
  switch (status) {
    case 400: // ECR
      return errorResponse(
        400,
        'TAG_INVALID',
        `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`,
      );
    case 403:
      return errorResponse(403, 'DENIED', `tag ${tag} is immutable`);
    case 409: // ACR
      return errorResponse(
        409,
        'TAG_LOCKED',
        `The operation is disallowed on this registry, repository or image: tag ${tag} is locked.`,
      );
    case 412: // Harbor
      return errorResponse(
        412,
        'PRECONDITION',
        `Failed to process request due to '${repository}:${tag}' configured as immutable.`,
      );
  }
}
