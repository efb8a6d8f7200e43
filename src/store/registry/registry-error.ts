import type { ErrorCode } from '../../errors/codes.ts';
import { redactUrl } from '../../net/redact.ts';
import type { HttpMethod, ResponseHeaders } from '../../net/types.ts';
import { describeErrorBody, type OciError, parseErrorBody } from '../../oci/error-body.ts';
import { RegistryError } from '../../oci/registry-error.ts';

/** More of what a registry says helps nobody in a message; the details have all of it. */
const MAX_SAID = 500;

/** The parts of a response that an error is made of. */
export interface RefusedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly url: URL;
  readonly bytes: Uint8Array;
}

/**
 * A response with an unexpected status -> the error that says what it means. `doing` is e.g. `pushing manifest
 * sha256:...`; `hint` stands in where the answer itself suggests nothing.
 */
export function registryErrorOf(
  method: HttpMethod,
  response: RefusedResponse,
  doing: string,
  hint?: string,
): RegistryError {
  const { status, url, bytes } = response;
  const errors = parseErrorBody(bytes);
  const classified = classify(method, response, errors);
  const said = (describeErrorBody(bytes) ?? '').slice(0, MAX_SAID);
  return new RegistryError(
    classified.code,
    `${doing}: ${url.host} answered ${status}${said === '' ? '' : ` (${said})`} to ${method} ${redactUrl(url)}`,
    { method, url: redactUrl(url), status, errors },
    { hint: classified.hint ?? hint },
  );
}

/** Whether the registry's error list has one of the codes of distribution-spec 1.1. */
export function saysOciCode(errors: readonly OciError[], ...codes: readonly string[]): boolean {
  return errors.some((error) => codes.includes(error.code));
}

interface Classified {
  readonly code: ErrorCode;
  readonly hint?: string;
}

const RATE_LIMITED: Classified = {
  code: 'rate-limited',
  hint: 'Log in (anonymous limits are lower), lower `concurrency`, or raise `retries`.',
};

function classify(method: HttpMethod, response: RefusedResponse, errors: readonly OciError[]): Classified {
  const { status } = response;
  if (status >= 500)
    return { code: 'server-error', hint: 'The registry, or a proxy before it, failed: try again later.' };
  const text = errors
    .map((error) => `${error.code} ${error.message}`)
    .join(' ')
    .toLowerCase();
  if (isTooLarge(status, text)) {
    return { code: 'manifest-too-large', hint: 'Registries take manifests and indexes of up to 4 MiB.' };
  }
  // ghcr.io answers 403 "secondary rate limit"
  if (saysOciCode(errors, 'TOOMANYREQUESTS') || text.includes('rate limit')) return RATE_LIMITED;
  if (text.includes('immutable') || text.includes('is locked')) {
    return {
      code: 'tag-immutable',
      hint: 'Tag immutability forbids updating the referrers tag. Exclude tags that match sha256-* from the immutability rule, or use a registry with the referrers API.',
    };
  }
  if (missesReferenced(method, response, errors)) {
    return {
      code: 'manifest-blob-unknown',
      hint: 'The registry wants everything that a manifest names to be there first: the subject image (push it before attaching), or the platforms of a sparse index.',
    };
  }
  if (saysOciCode(errors, 'NAME_UNKNOWN')) {
    return { code: 'repository-unknown', hint: 'The repository does not exist, or these credentials may not see it.' };
  }
  if (method === 'PUT' && saysOciCode(errors, 'MANIFEST_INVALID', 'MANIFEST_UNVERIFIED')) return MANIFEST_REFUSED;
  return byStatus(method, response, errors);
}

/** Something that the pushed manifest names is not there. */
function missesReferenced(method: HttpMethod, { status, url }: RefusedResponse, errors: readonly OciError[]): boolean {
  if (saysOciCode(errors, 'MANIFEST_BLOB_UNKNOWN')) return true;
  if (saysOciCode(errors, 'BLOB_UNKNOWN')) return status !== 404;
  // go-containerregistry's registry answers 404 MANIFEST_UNKNOWN to an index with an entry that is not there: a PUT
  // cannot miss the manifest that it brings
  return status === 404 && isManifestPush(method, url) && saysOciCode(errors, 'MANIFEST_UNKNOWN');
}

function isTooLarge(status: number, text: string): boolean {
  // distribution 2.8.2 answers 400 MANIFEST_INVALID "http: request body too large" where the spec asks for 413
  return status === 413 || (status === 400 && text.includes('too large'));
}

function byStatus(method: HttpMethod, response: RefusedResponse, errors: readonly OciError[]): Classified {
  switch (response.status) {
    case 400:
    case 415:
    case 422:
      return isManifestPush(method, response.url) ? MANIFEST_REFUSED : { code: 'http-status' };
    case 401:
      return { code: 'credentials-refused' };
    case 403:
      return { code: 'denied', hint: deniedHint(response.url) };
    case 404:
      return { code: saysOciCode(errors, 'BLOB_UNKNOWN') ? 'blob-unknown' : 'manifest-unknown' };
    case 405:
      return method === 'GET' || method === 'HEAD' ? { code: 'http-status' } : READ_ONLY;
    case 408:
      return { code: 'network-timeout' };
    case 412:
      return { code: 'precondition-failed' };
    case 429:
      return RATE_LIMITED;
    default:
      return { code: 'http-status' };
  }
}

function isManifestPush(method: HttpMethod, url: URL): boolean {
  return method === 'PUT' && /\/manifests\/[^/]+$/.test(url.pathname);
}

/** distribution-spec 1.1 "Error Codes": of a manifest that was pushed, not of one that is stored. */
const MANIFEST_REFUSED: Classified = {
  code: 'manifest-refused',
  hint: 'The registry does not take this manifest. Some take only artifact types, media types or annotations that they know, or no manifest with a subject: its own words are in the message.',
};

const READ_ONLY: Classified = {
  code: 'read-only',
  hint: 'The registry does not allow this operation: it may be a read-only mirror or a proxy cache.',
};

function deniedHint(url: URL): string {
  if (url.hostname === 'ghcr.io') {
    return 'On ghcr.io the job needs `permissions: packages: write` (read to list), and the package must grant this repository access: package settings, "Manage Actions access". A pull request from a fork cannot write.';
  }
  return 'The credentials are known but may not do this here: check the role or scope that they have on this repository.';
}
