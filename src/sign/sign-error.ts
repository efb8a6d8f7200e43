import { CodedError } from '../errors/coded-error.ts';
import type { SigningServices } from './signing-services.ts';

/** Of @sigstore/sign's InternalError. */
const CERTIFICATE = 'CA_CREATE_SIGNING_CERTIFICATE_ERROR';
const LOG = ['TLOG_CREATE_ENTRY_ERROR', 'TLOG_FETCH_ENTRY_ERROR'];
const TIMESTAMP = 'TSA_CREATE_TIMESTAMP_ERROR';
/** Of what a service answered. */
const MAX_ANSWER_CHARS = 500;
const MAX_CAUSES = 10;

export interface FailedSigning {
  readonly services: SigningServices | undefined;
  readonly payloadBytes: number;
  /** The OIDC token, which the library's messages and a service's answer may quote: it is shown nowhere. */
  readonly token: string | undefined;
}

/** What @sigstore/sign threw, as one of ours that names the service and its answer. */
export function signError(thrown: unknown, signing: FailedSigning): CodedError {
  const { services, payloadBytes, token } = signing;
  const { code, cause } = (thrown ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  const answer = describeAnswer(cause, token);
  const shown = withoutToken(cause, token);
  if (code === CERTIFICATE) {
    return failed(`Fulcio (${services?.fulcioUrl}) gave no certificate: ${answer}`, shown, hintForCertificate(cause));
  }
  if (typeof code === 'string' && LOG.includes(code)) {
    if (statusOf(cause) === 413) return tooLargeForLog(services, payloadBytes, shown);
    const message = `the transparency log (${services?.rekor?.url}) did not take the signature: ${answer}`;
    return failed(message, shown, hintForLogged(services));
  }
  if (code === TIMESTAMP) {
    const message = `the timestamp authority (${services?.tsaUrl}) gave no time stamp: ${answer}`;
    return failed(message, shown, hintForLogged(services));
  }
  const message = `the statement could not be signed: ${describeAnswer(thrown, token)}`;
  return failed(message, withoutToken(thrown, token), hintForLogged(services));
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

const AGAIN = 'Run the same attach again; status.sigstore.dev says how the public instance is.';

function failed(message: string, cause: unknown, hint: string): CodedError {
  return new CodedError('sign-failed', message, { cause, hint: `Nothing was attached. ${hint}` });
}

function hintForCertificate(cause: unknown): string {
  const status = statusOf(cause);
  if (status === undefined || status >= 500 || status === 408 || status === 429) return AGAIN;
  return 'It does not take this token: check that the instance (sigstore-instance, signing-config) is the one for its issuer.';
}

/** Log and timestamp authority are asked at the same time, and an answer may be lost on its way. */
function hintForLogged(services: SigningServices | undefined): string {
  const log = services?.rekor?.url;
  return log === undefined
    ? AGAIN
    : `${AGAIN} An entry may stand in the log ${log} all the same, for good; it does no harm.`;
}

function describeAnswer(cause: unknown, token: string | undefined): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const shown = hide(text, token);
  return shown.length > MAX_ANSWER_CHARS ? `${shown.slice(0, MAX_ANSWER_CHARS)}...` : shown;
}

/** Of the token, and of the claims in it alone. */
function hide(text: string, token: string | undefined): string {
  const secrets = token === undefined ? [] : [token, ...token.split('.').filter((part) => part.length > 8)];
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** The cause of our error; undefined where the token is anywhere in it. */
function withoutToken(cause: unknown, token: string | undefined): unknown {
  let one = cause;
  for (let depth = 0; one instanceof Error; depth++) {
    const text = `${one.message} ${one.stack ?? ''}`;
    if (depth === MAX_CAUSES || hide(text, token) !== text) return undefined;
    one = one.cause;
  }
  return cause;
}

function statusOf(cause: unknown): number | undefined {
  const status = (cause as { readonly statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
