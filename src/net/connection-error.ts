import { CodedError, hasCode } from '../errors/coded-error.ts';
import { NetError, type NetErrorContext } from './net-error.ts';

/** The context, and the proxy that stood between (redacted), if any. */
export interface ConnectionContext extends NetErrorContext {
  readonly proxy?: string | undefined;
}

/**
 * Whatever a connection failed with, as an error with a code. The reason of an abort and the errors of a body's source
 * pass as they are.
 */
export function toConnectionError(thrown: unknown, context: ConnectionContext): CodedError {
  if (thrown instanceof NetError) return thrown;
  if (hasCode(thrown, 'address-refused', 'proxy-failed')) return inContext(thrown, context);
  if (thrown instanceof CodedError) return thrown;
  const failure = describe(thrown);
  if (isTimeout(failure.code)) return timeout(failure, context);
  if (failure.code === 'UND_ERR_HEADERS_OVERFLOW') return headersTooLarge(failure, context);
  if (isProxyFailure(failure, context)) return proxyFailed(failure, context);
  if (isTlsFailure(failure)) return tlsFailed(failure, context);
  if (isTruncation(failure, context)) return truncated(failure, context);
  if (isMalformed(failure.code)) return malformed(failure, context);
  return unreachable(failure, context);
}

/** What the address guard and the proxy settings refuse; they do not know the request. */
function inContext(refusal: CodedError, context: ConnectionContext): NetError {
  return new NetError(refusal.code, refusal.message, context, { cause: refusal, hint: refusal.hint });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly cause: unknown;
}

function describe(thrown: unknown): Failure {
  // With several addresses for a name, Node collects one error an address.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) {
    const each = thrown.errors.map(describe);
    const code = each.find((failure) => failure.code !== '')?.code ?? '';
    return { code, message: [...new Set(each.map((failure) => failure.message))].join('; '), cause: thrown };
  }
  if (!(thrown instanceof Error)) return { code: '', message: String(thrown), cause: thrown };
  // The parser's errors have a code only for some of their causes.
  const named = thrown.name === PARSER_ERROR ? thrown.name : '';
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : named;
  return { code, message: thrown.message, cause: thrown };
}

const TIMEOUT_CODES = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

function isTimeout(code: string): boolean {
  return TIMEOUT_CODES.has(code);
}

function timeout(failure: Failure, context: ConnectionContext): NetError {
  const what: Record<typeof context.phase, string> = {
    connect: 'no connection in time',
    request: 'no response in time',
    body: 'the response stopped in the middle',
  };
  const through = context.proxy === undefined ? '' : ` through the proxy ${context.proxy}`;
  return new NetError('network-timeout', `${what[context.phase]}${through}`, context, {
    cause: failure.cause,
    transient: true,
    hint: 'The registry is slow or a firewall drops packets; a greater `timeout` gives it longer.',
  });
}

function headersTooLarge(failure: Failure, context: ConnectionContext): NetError {
  return new NetError('response-invalid', 'the response headers are larger than 64 KiB', context, {
    cause: failure.cause,
  });
}

const PROXY_CODES = new Set(['UND_ERR_PRX_TLS', 'UND_ERR_PRX_CONN']);

/** Behind a proxy every connection is made to the proxy, so that only the TLS of the target can be the target's fault. */
function isProxyFailure(failure: Failure, context: ConnectionContext): boolean {
  if (context.proxy === undefined) return false;
  if (PROXY_CODES.has(failure.code) || failure.message.includes('Proxy Authentication Required')) return true;
  return context.phase === 'connect' && !isTlsFailure(failure);
}

function proxyFailed(failure: Failure, context: ConnectionContext): NetError {
  const status = /Proxy response \((\d{3})\)/.exec(failure.message)?.[1];
  const refused = status !== undefined && Number(status) < 500;
  const what = status === undefined ? reason(failure) : `it answered ${status} to CONNECT`;
  return new NetError('proxy-failed', `the proxy ${context.proxy} failed: ${what}`, context, {
    cause: failure.cause,
    transient: !refused && failure.code !== 'UND_ERR_PRX_TLS' && failure.code !== 'UND_ERR_INVALID_ARG',
    hint: 'Check HTTP_PROXY and HTTPS_PROXY, or name the registry in NO_PROXY.',
  });
}

/** OpenSSL's verification results as Node names them, and its protocol errors. */
const TLS_CODE =
  /^(CERT_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|CRL_|SELF_SIGNED_CERT_IN_CHAIN$|DEPTH_ZERO_SELF_SIGNED_CERT$|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|EPROTO$)/;

function isTlsFailure(failure: Failure): boolean {
  return TLS_CODE.test(failure.code);
}

function tlsFailed(failure: Failure, context: ConnectionContext): NetError {
  return new NetError('tls-failed', `TLS failed: ${reason(failure)}`, context, {
    cause: failure.cause,
    hint: tlsHint(failure),
  });
}

function tlsHint({ code, message }: Failure): string {
  if (/wrong version number|packet length too long/i.test(message))
    return 'The server seems to speak plain HTTP: set `plain-http` if this is meant.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH')
    return 'The certificate is for another host: name the registry as its certificate does.';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return 'The certificate has to be renewed, or the clock of this machine is wrong.';
  return 'Is the certificate issued by a private authority? Give its PEM file as `ca-file`. `insecure` turns verification off.';
}

/** After the headers, a connection that ends early means that the body is short. */
function isTruncation(failure: Failure, context: ConnectionContext): boolean {
  if (failure.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return true;
  return context.phase === 'body' && !isMalformed(failure.code);
}

function truncated(failure: Failure, context: ConnectionContext): NetError {
  return new NetError('response-truncated', 'the connection ended before the response was complete', context, {
    cause: failure.cause,
    transient: true,
  });
}

const PARSER_ERROR = 'HTTPParserError';

function isProtocolError(code: string): boolean {
  return code === PARSER_ERROR || code.startsWith('HPE_');
}

function isMalformed(code: string): boolean {
  return isProtocolError(code) || code === 'UND_ERR_INVALID_ARG';
}

function malformed(failure: Failure, context: ConnectionContext): NetError {
  const what = isProtocolError(failure.code) ? 'the response is not HTTP/1.1' : 'the request cannot be sent';
  return new NetError('response-invalid', `${what}: ${reason(failure)}`, context, {
    cause: failure.cause,
    hint:
      context.url.protocol === 'http:' ? 'Does the server expect https? Then set `plain-http` to `false`.' : undefined,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'No such host: check the spelling of the registry.',
  EAI_AGAIN: 'The name server did not answer.',
  ECONNREFUSED: 'Nothing listens there: is the registry up, and the port right?',
  EHOSTUNREACH: 'There is no route to the host.',
  ENETUNREACH: 'There is no route to the network.',
};

function unreachable(failure: Failure, context: ConnectionContext): NetError {
  const what = context.phase === 'connect' ? 'cannot connect' : 'the connection was lost before an answer came';
  return new NetError('network-unreachable', `${what}: ${reason(failure)}`, context, {
    cause: failure.cause,
    // A name that does not exist will not exist a second later; a resolver that did not answer may (EAI_AGAIN).
    transient: failure.code !== 'ENOTFOUND',
    hint: HINTS[failure.code] ?? droppedHint(failure, context),
  });
}

/** A server that expects TLS closes the connection over a request without. */
function droppedHint({ code }: Failure, { url, phase }: ConnectionContext): string {
  const dropped = 'The network or the registry dropped the connection.';
  return code === 'UND_ERR_SOCKET' && url.protocol === 'http:' && phase === 'request'
    ? `${dropped} If it expects TLS: leave out \`plain-http\`, or set it to \`false\` for localhost and 127.0.0.1, where it is implied.`
    : dropped;
}

function reason(failure: Failure): string {
  if (failure.message === '') return failure.code || 'unknown reason';
  return failure.message.includes(failure.code) ? failure.message : `${failure.message} (${failure.code})`;
}
