import { CodedError } from '../errors/coded-error.ts';
import type { SigningServices } from './signing-services.ts';

/** Of @sigstore/sign's InternalError; its messages may hold the token, so none is taken over as it is. */
const CERTIFICATE = 'CA_CREATE_SIGNING_CERTIFICATE_ERROR';
const LOG = ['TLOG_CREATE_ENTRY_ERROR', 'TLOG_FETCH_ENTRY_ERROR'];
const TIMESTAMP = 'TSA_CREATE_TIMESTAMP_ERROR';

/** What @sigstore/sign threw, as one of ours that names the service and its answer. */
export function signError(thrown: unknown, services: SigningServices | undefined, payloadBytes: number): CodedError {
  const { code, cause } = (thrown ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  const answer = describeAnswer(cause);
  if (code === CERTIFICATE) {
    return failed(`Fulcio (${services?.fulcioUrl}) gave no certificate: ${answer}`, cause, hintForCertificate(cause));
  }
  if (typeof code === 'string' && LOG.includes(code)) {
    if (statusOf(cause) === 413) return tooLargeForLog(services, payloadBytes, cause);
    return failed(`the transparency log (${services?.rekor?.url}) did not take the signature: ${answer}`, cause);
  }
  if (code === TIMESTAMP)
    return failed(`the timestamp authority (${services?.tsaUrl}) gave no time stamp: ${answer}`, cause);
  return failed(`the statement could not be signed: ${describeAnswer(thrown)}`, thrown);
}

/** A statement that is larger than what can be logged, or read again. */
export function tooLarge(message: string, cause?: unknown): CodedError {
  return new CodedError('sign-too-large', message, {
    cause,
    hint: 'With `sign-by-digest: true` the statement is about the digest of the attached artifact, and small whatever the file is.',
  });
}

function tooLargeForLog(services: SigningServices | undefined, bytes: number, cause: unknown): CodedError {
  return tooLarge(`the transparency log (${services?.rekor?.url}) does not take a statement of ${bytes} bytes`, cause);
}

function failed(message: string, cause: unknown, hint?: string): CodedError {
  return new CodedError('sign-failed', message, {
    cause,
    hint:
      hint ?? 'Nothing was attached. Run the same attach again; status.sigstore.dev says how the public instance is.',
  });
}

function hintForCertificate(cause: unknown): string | undefined {
  const status = statusOf(cause);
  if (status === undefined || status >= 500 || status === 408 || status === 429) return undefined;
  return 'Nothing was attached. It does not take this token: check that the instance (sigstore-instance, signing-config) is the one for its issuer.';
}

function describeAnswer(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function statusOf(cause: unknown): number | undefined {
  const status = (cause as { readonly statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
