import { OCI_INDEX } from '../../oci/media-types.ts';
import { errorResponse, jsonResponse, type RegistryResponse, textResponse, withHeaders } from '../exchange.ts';
import type { Quirks, ReferrersAnswer } from '../quirks.ts';
import type { Call } from '../registry-context.ts';
import type { QuirkLayer } from './quirk-layer.ts';

const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>';
const JSON_CODES: ReadonlyMap<number, string> = new Map([
  [400, 'UNSUPPORTED'],
  [401, 'UNAUTHORIZED'],
  [403, 'DENIED'],
  [404, 'UNSUPPORTED'],
  [405, 'UNSUPPORTED'],
  [429, 'TOOMANYREQUESTS'],
]);

/** The referrers endpoint that is not there, or fails, and OCI-Subject. */
export const referrersQuirks: QuirkLayer = {
  before({ route, quirks, context, request }) {
    if (route.kind !== 'referrers') return undefined;
    const answer = quirks.referrersApi ?? true;
    if (answer !== true) return instead(answer === false ? 'text-404' : answer, otherOrigin(quirks, context));
    const page = Number(request.query.get('page') ?? 0) + 1;
    const failure = quirks.referrersPageFailure;
    return failure?.page === page ? failed(failure.status) : undefined;
  },
  after({ route, quirks }, response) {
    if (route.kind === 'referrers') return quirkyList(quirks, response);
    return response.headers['oci-subject'] === undefined ? response : quirkySubject(quirks, response);
  },
};

function otherOrigin(quirks: Quirks, context: Call['context']): string {
  return quirks.otherOrigin ?? context.origins.second ?? context.origins.first;
}

function instead(answer: ReferrersAnswer, origin: string): RegistryResponse {
  switch (answer) {
    case 'text-404':
      return textResponse(404, '404 page not found\n');
    case 'manifest-unknown':
      return errorResponse(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    case 'name-unknown':
      return errorResponse(404, 'NAME_UNKNOWN', 'repository name not known to registry');
    case 'html-404':
      return textResponse(404, '<!DOCTYPE html><html><body>404</body></html>', 'text/html; charset=utf-8');
    case 'html-200':
      return textResponse(200, LOGIN_PAGE, 'text/html; charset=utf-8');
    case 'redirect':
      return { status: 303, headers: { location: `${origin}/-/v2/packages/container/package/referrers/sha256` } };
    case 'unauthorized':
      return failed(401);
    default:
      return failed(answer);
  }
}

function failed(status: number): RegistryResponse {
  return errorResponse(status, JSON_CODES.get(status) ?? 'UNKNOWN', `the referrers API answers ${status}`);
}

function quirkyList(quirks: Quirks, response: RegistryResponse): RegistryResponse {
  const list = response.status === 200 ? quirkyBody(quirks, response) : response;
  const contentType = quirks.referrersContentType;
  return contentType === undefined ? list : withHeaders(list, { 'content-type': contentType });
}

function quirkyBody(quirks: Quirks, response: RegistryResponse): RegistryResponse {
  const index = { schemaVersion: 2, mediaType: OCI_INDEX };
  switch (quirks.referrersBody) {
    case undefined:
      return response;
    case 'manifests-null':
      return jsonResponse(200, { ...index, manifests: null }, response.headers);
    case 'manifests-missing':
      return jsonResponse(200, index, response.headers);
    case 'trailing-data': {
      const body = response.body instanceof Uint8Array ? response.body : new Uint8Array();
      return { ...response, body: Buffer.concat([body, Buffer.from('{}')]) };
    }
  }
}

/** OCI-Subject says that there is a referrers API; without one it is not sent, unless it is told to lie. */
function quirkySubject({ ociSubject, referrersApi }: Quirks, response: RegistryResponse): RegistryResponse {
  if (typeof ociSubject === 'string') return withHeaders(response, { 'oci-subject': ociSubject });
  const sent = ociSubject ?? !meansNoApi(referrersApi ?? true);
  return sent ? response : withHeaders(response, { 'oci-subject': undefined });
}

function meansNoApi(answer: boolean | ReferrersAnswer): boolean {
  if (answer === 'html-200' || answer === 'unauthorized') return false;
  if (typeof answer === 'number') return [400, 404, 405, 406, 501].includes(answer);
  return answer !== true;
}
