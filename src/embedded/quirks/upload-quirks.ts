import { CodedError } from '../../errors/coded-error.ts';
import { errorResponse, headerOf, type RegistryResponse, withHeaders } from '../exchange.ts';
import type { Call } from '../registry-context.ts';
import { type QuirkLayer, withRequest } from './quirk-layer.ts';

/** Uploads as registries do them in other ways. */
export const uploadQuirks: QuirkLayer = {
  rewrite(call) {
    const { route, quirks } = call;
    if (route.kind === 'upload' && call.request.method === 'PATCH') return cutShort(call);
    if (route.kind !== 'uploads') return call;
    const dropped = [
      ...(quirks.singlePost === false ? ['digest'] : []),
      ...(quirks.mount === false ? ['mount', 'from'] : []),
    ];
    if (dropped.length === 0) return call;
    const query = new URLSearchParams(call.request.query);
    for (const name of dropped) query.delete(name);
    return withRequest(call, { query });
  },
  before(call) {
    return refuseSha512(call) ?? refuseMount(call) ?? refuseRange(call) ?? refuseState(call) ?? refuseSize(call);
  },
  after(call, response) {
    const { route, quirks } = call;
    if (route.kind !== 'uploads' && route.kind !== 'upload') return response;
    const location = response.headers['location'];
    const isSession = typeof location === 'string' && location.includes('/blobs/uploads/');
    if (!isSession) return response;
    const minimum = route.kind === 'uploads' ? quirks.minChunkBytes : undefined;
    return withHeaders(response, {
      location: styledLocation(call, location),
      ...(minimum !== undefined && { 'oci-chunk-min-length': String(minimum) }),
    });
  },
};

/** The connection breaks in the middle of a chunk; what arrived before stays. */
function cutShort(call: Call): Call {
  const limit = call.quirks.cutChunkAfter;
  if (limit === undefined) return call;
  call.context.quirks.cutChunkAfter = undefined;
  return withRequest(call, { body: firstBytes(call.request.body, limit) });
}

async function* firstBytes(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncIterable<Uint8Array> {
  let left = limit;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.byteLength;
    if (left <= 0) throw new CodedError('aborted', `the connection is cut after ${limit} bytes`);
  }
}

/** distribution 2.8 knows sha256 alone. */
function refuseSha512({ quirks, request }: Call): RegistryResponse | undefined {
  if (quirks.sha512 !== false) return undefined;
  const named = request.query.get('digest') ?? request.query.get('digest-algorithm') ?? '';
  const isOther = named.startsWith('sha512') || request.path.includes('/manifests/sha512:');
  return isOther && request.method !== 'GET' && request.method !== 'HEAD'
    ? errorResponse(
        400,
        'DIGEST_INVALID',
        'provided digest did not match uploaded content',
        'unsupported digest algorithm',
      )
    : undefined;
}

/** Quay fails on a mount without `from`. */
function refuseMount({ quirks, request, route }: Call): RegistryResponse | undefined {
  if (typeof quirks.mount !== 'number' || route.kind !== 'uploads') return undefined;
  const isBlind = request.query.has('mount') && !request.query.has('from');
  return isBlind ? errorResponse(quirks.mount, 'BLOB_UPLOAD_INVALID', 'a mount needs from') : undefined;
}

function refuseRange({ quirks, request, route, context }: Call): RegistryResponse | undefined {
  if (request.method !== 'PATCH' || route.kind !== 'upload' || (quirks.rangeErrors ?? 0) <= 0) return undefined;
  const session = context.uploads.find(route.repository, route.session);
  if (session === undefined) return undefined;
  context.quirks.rangeErrors = (quirks.rangeErrors ?? 0) - 1;
  return {
    status: 416,
    headers: {
      location: `/v2/${route.repository}/blobs/uploads/${route.session}`,
      range: `0-${Math.max(0, session.upload.size - 1)}`,
    },
  };
}

/** With a state in the location, a request without it belongs to no upload. */
function refuseState({ quirks, request, route }: Call): RegistryResponse | undefined {
  if (route.kind !== 'upload' || (quirks.uploadLocation !== 'with-state' && quirks.uploadLocation !== 'long'))
    return undefined;
  const isRight = request.query.get('_state') === stateOf(route.session, quirks.uploadLocation === 'long');
  return isRight ? undefined : errorResponse(404, 'BLOB_UPLOAD_INVALID', 'the upload state is missing or wrong');
}

function refuseSize({ quirks, request, route, context }: Call): RegistryResponse | undefined {
  if (quirks.maxBlobBytes === undefined || (route.kind !== 'upload' && route.kind !== 'uploads')) return undefined;
  const held = route.kind === 'upload' ? (context.uploads.find(route.repository, route.session)?.upload.size ?? 0) : 0;
  const size = held + Number(headerOf(request, 'content-length') ?? 0);
  return size > quirks.maxBlobBytes ? errorResponse(413, 'SIZE_INVALID', 'Request Entity Too Large') : undefined;
}

function styledLocation({ quirks, context }: Call, path: string): string {
  const { first, second } = context.origins;
  const session = path.slice(path.lastIndexOf('/') + 1);
  switch (quirks.uploadLocation ?? 'path') {
    case 'path':
      return path;
    case 'absolute':
      return `${first}${path}`;
    case 'with-state':
      return `${path}?_state=${stateOf(session, false)}`;
    case 'path-relative':
      return path.slice(path.lastIndexOf('/blobs/uploads/') + '/blobs/uploads/'.length);
    case 'cross-origin':
      return `${quirks.otherOrigin ?? second ?? 'http://127.0.0.2:9'}${path}`;
    case 'http-downgrade':
      return `${first.replace(/^https:/, 'http:')}${path}`;
    case 'long':
      return `${path}?_state=${stateOf(session, true)}`;
  }
}

const LONG_STATE = 20_000; // Google's signed locations and their headers are as long

function stateOf(session: string, isLong: boolean): string {
  const state = `${session.replaceAll('-', '')}_-`;
  return isLong ? state.padEnd(LONG_STATE, 'a') : state;
}
