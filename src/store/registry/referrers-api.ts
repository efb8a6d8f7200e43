import { CodedError } from '../../errors/coded-error.ts';
import type { BufferedResponse } from '../../net/types.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { SuspectEntry } from '../../oci/index-entries.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import type { ListReferrersOptions, ReferrersAnswer } from '../store.ts';
import { nextPage } from './next-page.ts';
import { leadsToWebPage, whyNoApi } from './referrers-api-absence.ts';
import { readReferrersPage, saysFiltered } from './referrers-page.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

/** Bounds on one answer: a registry that pages for ever must not keep us for ever. */
const MAX_PAGES = 1000;
const MAX_ENTRIES = 200_000;
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
  const what = `the referrers of ${connection.origin.host}/${connection.repository}@${subject}`;
  const descriptors: Descriptor[] = [];
  const suspects: SuspectEntry[] = [];
  const asked = new Set<string>();
  let filtered = false;
  let bytes = 0;
  let url: URL | undefined = firstPage(connection, subject, options.artifactType);
  while (url !== undefined) {
    const page = `${url.pathname}${url.search}`;
    if (asked.has(page)) throw pageLimit(what, 'the pages lead back to one already read');
    if (asked.size >= MAX_PAGES) throw pageLimit(what, `more than ${MAX_PAGES} pages`);
    asked.add(page);
    const response = await getPage(connection, url, options, asked.size === 1);
    const absence = asked.size === 1 ? whyNoApi(response, connection.origin) : undefined;
    if (absence !== undefined) return { supported: false, ...absence };
    if (response.status !== 200) throw registryErrorOf('GET', response, `listing ${what}`, hintFor(response.status));
    const entries = readReferrersPage(response, what);
    for (const descriptor of entries.descriptors) descriptors.push(descriptor);
    for (const suspect of entries.suspects) suspects.push(suspect);
    filtered ||= saysFiltered(response);
    bytes += response.bytes.byteLength;
    if (descriptors.length + suspects.length > MAX_ENTRIES) throw pageLimit(what, `more than ${MAX_ENTRIES} entries`);
    if (bytes > MAX_TOTAL_BYTES) throw pageLimit(what, `more than ${MAX_TOTAL_BYTES} bytes`);
    if (options.enough?.(descriptors) === true) break;
    url = nextPage(response, connection.origin, what);
    if (url !== undefined) options.onPage?.(entries.descriptors);
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
  const redirected = first && response.status >= 300 && response.status < 400 && !leadsToWebPage(response);
  return redirected ? connection.request({ ...request, followRedirects: true }, connection.pull) : response;
}

function pageLimit(what: string, why: string): CodedError {
  return new CodedError('page-limit', `${what}: ${why}`, {
    hint: 'An honest list ends long before that: the registry, or what answers in its place, is broken.',
  });
}

/** Answers that some registries without the API are said to give; the specification knows 404 alone, so people decide. */
function hintFor(status: number): string | undefined {
  if (![400, 405, 406, 501].includes(status)) return undefined;
  return 'Only 404 says that there is no referrers API. If this registry has none, say so with `distribution-spec: v1.1-referrers-tag`.';
}
