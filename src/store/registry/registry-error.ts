import { CodedError, type CodedErrorOptions } from '../../errors/coded-error.ts';
import type { ErrorCode } from '../../errors/codes.ts';
import { redactUrl } from '../../net/redact.ts';
import type { HttpMethod, ResponseHeaders } from '../../net/types.ts';
import { type OciError, parseErrorBody } from '../../oci/error-body.ts';

/** What is known of a refused request. */
export interface RegistryErrorDetails {
  readonly method: HttpMethod;
  /** Redacted. */
  readonly url: string;
  readonly status: number;
  /** The registry's own error list, distribution-spec 1.1 "Error Codes". */
  readonly errors: readonly OciError[];
}

/** A registry answered, and the answer is no. */
export class RegistryError extends CodedError {
  readonly details: RegistryErrorDetails;

  constructor(code: ErrorCode, message: string, details: RegistryErrorDetails, options: CodedErrorOptions = {}) {
    super(code, message, options);
    this.details = details;
  }
}

/** The parts of a response that an error is made of. */
export interface RefusedResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly url: URL;
  readonly bytes: Uint8Array;
}

/** A response with an unexpected status -> the error that says what it means. `doing` is e.g. `pushing manifest sha256:...`. */
export function registryErrorOf(method: HttpMethod, response: RefusedResponse, doing: string): RegistryError {
  const errors = parseErrorBody(response.bytes);
  const details: RegistryErrorDetails = { method, url: redactUrl(response.url), status: response.status, errors };
  const { code, hint } = classify(response, errors);
  const said = errors.length > 0 ? errors.map(formatOciError).join('; ') : shortText(response);
  return new RegistryError(
    code,
    `${doing}: ${response.url.host} answered ${response.status}${said === '' ? '' : ` (${said})`} to ${method} ${details.url}`,
    details,
    { hint },
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

function classify(response: RefusedResponse, errors: readonly OciError[]): Classified {
  const { status } = response;
  const text = errors
    .map((error) => `${error.code} ${error.message}`)
    .join(' ')
    .toLowerCase();
  if (isTooLarge(status, text)) {
    return { code: 'manifest-too-large', hint: 'Registries take manifests and indexes of up to 4 MiB.' };
  }
  if (text.includes('immutable')) {
    return {
      code: 'tag-immutable',
      hint: 'Tag immutability forbids updating the referrers tag. Exclude tags that match sha256-* from the immutability rule, or use a registry with the referrers API.',
    };
  }
  if (
    saysOciCode(errors, 'MANIFEST_BLOB_UNKNOWN') ||
    (status < 500 && saysOciCode(errors, 'BLOB_UNKNOWN') && status !== 404)
  ) {
    return {
      code: 'manifest-blob-unknown',
      hint: 'The registry wants everything that a manifest names to be there first: the subject image (push it before attaching), or the platforms of a sparse index.',
    };
  }
  if (saysOciCode(errors, 'NAME_UNKNOWN')) {
    return { code: 'repository-unknown', hint: 'The repository does not exist, or these credentials may not see it.' };
  }
  return byStatus(response);
}

function isTooLarge(status: number, text: string): boolean {
  // distribution 2.8.2 answers 400 MANIFEST_INVALID "http: request body too large" where the spec asks for 413
  return status === 413 || (status === 400 && text.includes('too large'));
}

function byStatus(response: RefusedResponse): Classified {
  switch (response.status) {
    case 401:
      return { code: 'credentials-refused' };
    case 403:
      return { code: 'denied', hint: deniedHint(response.url) };
    case 404:
      return { code: 'manifest-unknown' };
    case 405:
      return {
        code: 'read-only',
        hint: 'The registry does not allow this operation: it may be a read-only mirror or a proxy cache.',
      };
    case 408:
      return { code: 'network-timeout' };
    case 412:
      return { code: 'precondition-failed' };
    case 429:
      return {
        code: 'rate-limited',
        hint: 'Log in (anonymous limits are lower), lower `concurrency`, or raise `retries`.',
      };
    default:
      return { code: response.status >= 500 ? 'server-error' : 'http-status' };
  }
}

function deniedHint(url: URL): string {
  if (url.hostname === 'ghcr.io') {
    return 'On ghcr.io the job needs `permissions: packages: write` (read to list), and the package must grant this repository access: package settings, "Manage Actions access".';
  }
  return 'The credentials are known but may not do this here: check the role or scope that they have on this repository.';
}

function formatOciError(error: OciError): string {
  return error.message === '' ? error.code : `${error.code}: ${error.message}`;
}

/** The beginning of a body that is not an OCI error list, on one line. */
function shortText(response: RefusedResponse): string {
  const text = new TextDecoder().decode(response.bytes.subarray(0, 200)).trim();
  if (text.startsWith('<')) return 'an HTML page';
  return text.replaceAll(/\s+/g, ' ').slice(0, 120);
}
