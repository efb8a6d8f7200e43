import { NetError, type NetErrorContext } from './net-error.ts';
import { redactUrl } from './redact.ts';
import type { HttpMethod, ResponseHeaders } from './types.ts';

export const MAX_REDIRECTS = 10;

const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Where a response sends a GET or HEAD on to; undefined when it does not. Never from https to http, and never to
 * another scheme: `redirect-refused`.
 */
export function redirectTarget(
  method: HttpMethod,
  status: number,
  headers: ResponseHeaders,
  context: NetErrorContext,
): URL | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const location = headers.get('location');
  if (!REDIRECT_STATUSES.includes(status) || location === undefined) return undefined;
  const from = context.url;
  if (!URL.canParse(location, from.href)) throw refused('to something that is not a URL', context);
  const target = new URL(location, from.href);
  target.hash = '';
  const allowed = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (!allowed.includes(target.protocol)) throw refused(`from ${from.protocol} to ${redactUrl(target)}`, context);
  return target;
}

function refused(what: string, context: NetErrorContext): NetError {
  return new NetError('redirect-refused', `the server redirects ${what}, which is not followed`, context, {
    hint: 'What stands before the registry (a login page, a proxy, a mirror) gives out wrong addresses.',
  });
}

/** What a server on another origin may see. Any other header might be a secret of the first one (docker's HttpHeaders). */
const HARMLESS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
  'user-agent',
]);

/**
 * The headers for the next hop: all of them within an origin; across a change of scheme, host or port only the
 * harmless ones, so that `authorization`, `cookie` and `proxy-authorization` stay behind (distribution-spec
 * "Redirects"; GHSA-vh4v-2xq2-g5cg). They do not come back when a later hop returns.
 */
export function headersAcross(
  from: URL,
  to: URL,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (from.origin === to.origin) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name.toLowerCase())));
}
