import type { BufferedResponse } from '../../net/types.ts';
import { parseErrorBody } from '../../oci/error-body.ts';
import { bareMediaType } from '../../oci/media-types.ts';
import { saysOciCode } from './registry-error.ts';

/** The definite word that there is no referrers API for what was asked. */
export interface ApiAbsence {
  /** The answer that says so, for people. */
  readonly reason: string;
  /** Whether it holds for the repository, so that it may be remembered. */
  readonly lasting: boolean;
}

/** GitHub's web pages for packages: where ghcr.io sends (303) who asks it for referrers, since 2026-04. */
const GHCR_WEB_PAGES = '/-/v2/packages/container/package/';

/**
 * Why this answer means that there is no referrers API; undefined if it does not mean that. The specification's word
 * for it is 404 (distribution-spec 1.1 "Listing Referrers"), unless that speaks of the repository; ghcr.io's redirect
 * leaves the registry API altogether. 400, 405 and 406, which others take for it, could as well come from a proxy.
 */
export function whyNoApi(response: BufferedResponse, registry: URL): ApiAbsence | undefined {
  if (leadsToWebPage(response)) return { reason: `redirected to a web page (${response.status})`, lasting: false };
  if (response.status !== 404) return undefined;
  if (saysOciCode(parseErrorBody(response.bytes), 'NAME_UNKNOWN')) return undefined;
  const { host } = response.url;
  if (response.url.origin !== registry.origin) return { reason: `404 from ${host}, after a redirect`, lasting: false };
  if (bareMediaType(response.headers.get('content-type')) === 'text/html') {
    return { reason: `404 with an HTML page from ${host}`, lasting: false };
  }
  return { reason: `404 from ${host} for /referrers/`, lasting: true };
}

/** Whether a redirect leads to a page of a web site, which is no registry API: whatever it would answer is no answer. */
export function leadsToWebPage({ status, headers, url }: BufferedResponse): boolean {
  const location = headers.get('location');
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, url.href)) return false;
  return new URL(location, url.href).pathname.startsWith(GHCR_WEB_PAGES);
}
