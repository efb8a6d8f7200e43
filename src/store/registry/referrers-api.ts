import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { parseErrorBody } from '../../oci/error-body.ts';
import { type IndexEntries, parseIndexEntries, type SuspectEntry } from '../../oci/index-entries.ts';
import { bareMediaType, OCI_INDEX } from '../../oci/media-types.ts';
import { parseStrictJsonObject } from '../../oci/strict-json.ts';
import type { ListReferrersOptions, ReferrersAnswer } from '../store.ts';
import { nextPage } from './next-page.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf, saysOciCode } from './registry-error.ts';

/** Bounds on one answer: a registry that pages for ever must not keep us for ever. */
const MAX_PAGES = 1000;
const MAX_DESCRIPTORS = 200_000;
const MAX_TOTAL_BYTES = 128 * 1024 * 1024;

/**
 * The referrers of a digest by the API, all pages (distribution-spec 1.1 "Listing Referrers", end-12). "No such API"
 * is said only on a definite answer; everything else that is not a list throws, so that a failure is never taken for
 * "none", and never leads to the fallback tag.
 */
export async function listRegistryReferrers(
  connection: RegistryConnection,
  subject: Digest,
  options: ListReferrersOptions = {},
): Promise<ReferrersAnswer> {
  const what = `the referrers of ${subject}`;
  const descriptors: Descriptor[] = [];
  const suspects: SuspectEntry[] = [];
  const asked = new Set<string>();
  let filtered = false;
  let bytes = 0;
  let url: URL | undefined = firstPage(connection, subject, options.artifactType);
  while (url !== undefined) {
    if (asked.has(url.href))
      throw new CodedError('page-limit', `${what}: the pages of ${url.host} lead back to one already read`);
    if (asked.size >= MAX_PAGES) throw new CodedError('page-limit', `${what}: more than ${MAX_PAGES} pages`);
    asked.add(url.href);
    const response = await getPage(connection, url, options, asked.size === 1);
    const absence = asked.size === 1 ? whyNoApi(response, subject) : undefined;
    if (absence !== undefined) return { supported: false, reason: absence };
    if (response.status !== 200) throw registryErrorOf('GET', response, `listing ${what}`);
    const page = readPage(response, what);
    descriptors.push(...page.descriptors);
    suspects.push(...page.suspects);
    filtered ||= saysFiltered(response);
    bytes += response.bytes.byteLength;
    if (descriptors.length > MAX_DESCRIPTORS || bytes > MAX_TOTAL_BYTES) {
      throw new CodedError('page-limit', `${what}: more than ${MAX_DESCRIPTORS} entries or ${MAX_TOTAL_BYTES} bytes`);
    }
    if (options.enough?.(descriptors) === true) break;
    url = nextPage(response, connection.origin, what);
  }
  return { supported: true, descriptors, suspects, filtered, pages: asked.size };
}

function firstPage(connection: RegistryConnection, subject: Digest, artifactType: string | undefined): URL {
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  return connection.url(`referrers/${subject}${query}`);
}

/**
 * One page. The first is asked without following redirects, since where a redirect leads may be the answer; on one
 * that stays within registries the page is asked again, following.
 */
async function getPage(
  connection: RegistryConnection,
  url: URL,
  options: ListReferrersOptions,
  first: boolean,
): Promise<BufferedResponse> {
  const request = {
    method: 'GET',
    url,
    headers: { accept: OCI_INDEX },
    purpose: options.purpose,
    signal: options.signal,
    followRedirects: !first,
  } as const;
  const response = await connection.request(request, connection.pull);
  const redirected = first && response.status >= 300 && response.status < 400 && ghcrDetour(response) === undefined;
  return redirected ? connection.request({ ...request, followRedirects: true }, connection.pull) : response;
}

/** GitHub's web pages for packages: where ghcr.io sends (303) who asks it for referrers, since 2026-04. */
const GHCR_DETOUR = '/-/v2/packages/container/package/';

/** The host of the web page that a redirect leads to, which is no registry API; whatever it would answer is no answer. */
function ghcrDetour(response: BufferedResponse): string | undefined {
  const location = response.headers.get('location');
  if (
    response.status < 300 ||
    response.status >= 400 ||
    location === undefined ||
    !URL.canParse(location, response.url.href)
  ) {
    return undefined;
  }
  const target = new URL(location, response.url.href);
  return target.pathname.startsWith(GHCR_DETOUR) ? target.host : undefined;
}

/**
 * Why this answer means that the registry has no referrers API; undefined if it does not mean that. 404 is the
 * spec's word for it, unless it speaks of the repository; 405 and 406 (Artifactory) are as definite about the
 * endpoint. ghcr.io's redirect leaves the registry API altogether.
 */
function whyNoApi(response: BufferedResponse, subject: Digest): string | undefined {
  const detour = ghcrDetour(response);
  if (detour !== undefined) return `redirected to a web page of ${detour}`;
  const { status } = response;
  const errors = parseErrorBody(response.bytes);
  if (status === 404 && saysOciCode(errors, 'NAME_UNKNOWN')) return undefined;
  if (status === 404) return `404 for referrers/${subject.slice(0, 19)}…`;
  if (status === 405 || status === 406) return `${status} for the referrers endpoint`;
  if (status === 400 && saysOciCode(errors, 'UNSUPPORTED')) return '400 UNSUPPORTED for the referrers endpoint';
  return undefined;
}

function readPage(response: BufferedResponse, what: string): IndexEntries {
  const type = bareMediaType(response.headers.get('content-type'));
  if (type !== OCI_INDEX) {
    throw new CodedError(
      'referrers-invalid',
      `${what}: ${response.url.host} answered 200 with ${type ?? 'no Content-Type'}, expected ${OCI_INDEX}`,
      {
        hint: 'A login page or a proxy may have answered in place of the registry. This is not taken for "no referrers".',
      },
    );
  }
  const json = parseStrictJsonObject(response.bytes, { what });
  const mediaType = json['mediaType'];
  if ((mediaType !== undefined && mediaType !== OCI_INDEX) || 'layers' in json || 'config' in json) {
    throw new CodedError('referrers-invalid', `${what}: the answer is not an image index`);
  }
  return parseIndexEntries(json, what);
}

function saysFiltered(response: BufferedResponse): boolean {
  const applied = response.headers.all('oci-filters-applied').join(',').split(',');
  return applied.some((name) => name.trim().toLowerCase() === 'artifacttype');
}
