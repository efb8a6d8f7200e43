import { CodedError } from '../../errors/coded-error.ts';
import { parseLinkHeader } from '../../net/link-header.ts';
import { redactUrl } from '../../net/redact.ts';
import type { BufferedResponse } from '../../net/types.ts';

/**
 * The URL of the next page by `Link` (RFC 8288; distribution-spec 1.1 "Listing Referrers", "Listing Tags"), undefined
 * on the last. A link to another origin is refused: the pages are one answer of one registry, and its scheme must not
 * be weakened.
 */
export function nextPage(response: BufferedResponse, origin: URL, what: string): URL | undefined {
  const target = parseLinkHeader(response.headers.all('link')).find((link) => link.rel.includes('next'))?.target;
  if (target === undefined) return undefined;
  if (!URL.canParse(target, response.url.href)) {
    throw new CodedError(
      'link-refused',
      `${what}: the link to the next page is not a URL: ${JSON.stringify(target.slice(0, 200))}`,
    );
  }
  const url = new URL(target, response.url.href);
  if (url.origin !== origin.origin) {
    throw new CodedError(
      'link-refused',
      `${what}: the link to the next page leads to ${redactUrl(url)}, away from ${origin.origin}`,
      {
        hint: 'Pages on another host, or over http instead of https, are not followed.',
      },
    );
  }
  return url;
}
