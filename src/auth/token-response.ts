import { CodedError } from '../errors/coded-error.ts';
import type { BufferedResponse } from '../net/types.ts';
import { type JsonObject, parseStrictJsonObject } from '../oci/strict-json.ts';

/** A token as it came from a token server. */
export interface IssuedToken {
  readonly value: string;
  /** How long it may be used from now on, milliseconds; at least 60 000. */
  readonly lifetimeMs: number;
  /** The refresh token to use from now on, where the server gave a new one. */
  readonly refreshToken: string | undefined;
}

/** Distribution's token specification: less than this is never meant, and absent means this. */
const MIN_LIFETIME_SECONDS = 60;
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;

/** RFC 6750 §2.1, and no more than a header can carry. */
const BEARER = /^[\x21-\x7e]{1,32768}$/;

/**
 * `{token | access_token, expires_in?, issued_at?, refresh_token?}` -> a token. Throws `token-invalid` for anything
 * that holds no usable token, such as the HTML of a login page under status 200. No message quotes the body.
 */
export function parseTokenResponse(response: BufferedResponse, what: string): IssuedToken {
  const body = parseBody(response, what);
  const value = textOf(body['token']) ?? textOf(body['access_token']);
  if (value === undefined) throw invalid(`${what} holds neither \`token\` nor \`access_token\``);
  if (!BEARER.test(value)) throw invalid(`${what} holds a token with characters that no header may carry`);
  const seconds = lifetimeSeconds(body['expires_in']) - ageSeconds(response, body['issued_at']);
  return {
    value,
    lifetimeMs: Math.min(Math.max(seconds, MIN_LIFETIME_SECONDS), MAX_LIFETIME_SECONDS) * 1000,
    refreshToken: textOf(body['refresh_token']),
  };
}

function parseBody(response: BufferedResponse, what: string): JsonObject {
  try {
    return parseStrictJsonObject(response.bytes, { what });
  } catch (cause) {
    const start = new TextDecoder().decode(response.bytes.subarray(0, 64)).trimStart();
    throw invalid(`${what} is ${start.startsWith('<') ? 'an HTML page' : 'not a JSON object'}`, cause);
  }
}

/** Only a number counts: text, zero and less mean the shortest lifetime, which is always safe. */
function lifetimeSeconds(expiresIn: unknown): number {
  return typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : MIN_LIFETIME_SECONDS;
}

/** How old the token was when it was sent, by the server's own clock: ours need not agree with it. */
function ageSeconds(response: BufferedResponse, issuedAt: unknown): number {
  const issued = Date.parse(textOf(issuedAt) ?? '');
  const sent = Date.parse(response.headers.get('date') ?? '');
  const age = (sent - issued) / 1000;
  return age > 0 ? age : 0; // not a number where either is absent
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function invalid(message: string, cause?: unknown): CodedError {
  return new CodedError('token-invalid', message, {
    cause,
    hint: 'A proxy or a login page may have answered in place of the token server; check the name of the registry.',
  });
}
