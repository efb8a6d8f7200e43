import { CodedError } from '../errors/coded-error.ts';

/**
 * Where GitHub keeps what it hands out by signed URL. `https://tmaproduction.blob.core.windows.net/attestations/…` is what
 * api.github.com gives out for attestations. Whoever may be at such a host gets no credentials, and what comes from there
 * must verify like any other bundle.
 */
const HOSTS = ['blob.core.windows.net', 'githubusercontent.com', 'github.com', 'ghe.com'];

/**
 * A `bundle_url` that may be asked: https on a host of GitHub's at the usual port, below the API's own host, or the API's
 * own origin. Throws `github-api-failed`: an API answer must not make this client a probe of other places.
 */
export function assertBundleUrl(text: string, apiUrl: URL): URL {
  const url = URL.parse(text);
  if (url !== null && isAllowed(url, apiUrl)) return url;
  const shown = url === null ? 'no URL' : `${url.protocol}//${url.host}`;
  throw new CodedError('github-api-failed', `bundle_url is ${shown}: only https on hosts of GitHub is followed`);
}

function isAllowed(url: URL, apiUrl: URL): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (url.origin === apiUrl.origin) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return HOSTS.some((host) => isWithin(url.hostname, host)) || url.hostname.endsWith(`.${apiUrl.hostname}`);
}

function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
