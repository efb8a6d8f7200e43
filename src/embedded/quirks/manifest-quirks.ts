import { bareMediaType } from '../../oci/media-types.ts';
import { errorResponse, headerOf, type RegistryRequest, type RegistryResponse, withHeaders } from '../exchange.ts';
import type { Call } from '../registry-context.ts';
import { type QuirkLayer, withRequest } from './quirk-layer.ts';

/** Manifests that are found, or answered, in other ways than the specification has. */
export const manifestQuirks: QuirkLayer = {
  rewrite(call) {
    if (call.route.kind !== 'manifest') return call;
    return withoutPreconditions(withAliasResolved(withoutTagParameters(call)));
  },
  after(call, response) {
    if (call.route.kind !== 'manifest') return response;
    if (isUnacceptable(call, response))
      return errorResponse(404, 'MANIFEST_UNKNOWN', 'OCI index found, but accept header does not support OCI indexes');
    const status = call.request.method === 'PUT' && response.status === 201 ? call.quirks.manifestPutStatus : undefined;
    return status === undefined ? response : { ...response, status };
  },
};

/** distribution 2.8 reads neither header on a PUT. */
function withoutPreconditions(call: Call): Call {
  if (call.quirks.preconditions !== false || call.request.method !== 'PUT') return call;
  const { 'if-match': _match, 'if-none-match': _noneMatch, ...headers } = call.request.headers;
  return withRequest(call, { headers });
}

/** GitLab takes `sha256-<hex>` for the digest that it looks like. */
function withAliasResolved(call: Call): Call {
  const { route, quirks, request } = call;
  if (quirks.tagAliases !== true || route.kind !== 'manifest' || request.method === 'PUT') return call;
  const match = /^sha256-([a-f0-9]{64})$/.exec(route.reference);
  return match === null ? call : { ...call, route: { ...route, reference: `sha256:${match[1]}` } };
}

function withoutTagParameters(call: Call): Call {
  if (call.quirks.tagParameters !== false) return call;
  const query = new URLSearchParams(call.request.query);
  query.delete('tag');
  return withRequest(call, { query });
}

/** distribution and ghcr.io answer 404 for a manifest whose type is not asked for. */
function isUnacceptable({ request, quirks }: Call, response: RegistryResponse): boolean {
  if (quirks.acceptSensitive !== true || response.status !== 200) return false;
  const mediaType = String(response.headers['content-type'] ?? '');
  return !accepts(request, mediaType);
}

function accepts(request: RegistryRequest, mediaType: string): boolean {
  const ranges = (headerOf(request, 'accept') ?? '').split(',').map((range) => bareMediaType(range));
  return ranges.includes(mediaType);
}

/** Docker-Content-Digest on manifests and blobs. */
export const contentDigestQuirk: QuirkLayer = {
  after({ quirks }, response) {
    const { contentDigest = true } = quirks;
    if (contentDigest === true || response.headers['docker-content-digest'] === undefined) return response;
    return withHeaders(response, { 'docker-content-digest': contentDigest === false ? undefined : contentDigest });
  },
};

/** HEAD that a registry, or a proxy before it, does not do well. */
export const headQuirk: QuirkLayer = {
  after({ request, route, quirks }, response) {
    const isContent = route.kind === 'manifest' || route.kind === 'blob';
    if (quirks.head === undefined || request.method !== 'HEAD' || !isContent || response.status !== 200)
      return response;
    if (quirks.head === 'no-content-length') return { ...response, omitContentLength: true };
    return errorResponse(quirks.head, quirks.head === 405 ? 'UNSUPPORTED' : 'MANIFEST_UNKNOWN', 'no HEAD here');
  },
};
