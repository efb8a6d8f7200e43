import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { isJsonObject } from '../oci/strict-json.ts';
import { fetchBundle } from './fetch-bundle.ts';
import type { ApiAnswer, GithubApi } from './github-api.ts';
import type { GithubAttestation } from './github-client.ts';
import { parseAnswer } from './json-answer.ts';
import { nextPage } from './next-page.ts';
import { parseRepositoryName, type RepositoryName } from './repository-name.ts';

const PER_PAGE = 30;
export const MAX_PAGES = 40;
/** Of one list; an image with more has been flooded. */
export const MAX_ENTRIES = 1000;
/** Of all bundles of one list together. */
export const MAX_LIST_BYTES = 128 * 1024 * 1024;
/** A page holds its bundles, and a bundle may hold an SBOM. */
export const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/** Levels of a page: a bundle is some way down in it, and has levels of its own. */
const MAX_DEPTH = 128;
/** What to do about a digest with more attestations than anybody makes. */
const FLOODED =
  'Somebody who may write attestations to the repository has made very many of this digest: remove what is not needed.';
const ROUTE = 'GET /repos/{owner}/{repo}/attestations/{subject_digest}';

/** See GithubClient. */
export async function listAttestations(
  api: GithubApi,
  repository: string,
  digest: string,
): Promise<readonly GithubAttestation[]> {
  const name = parseRepositoryName(repository);
  return api.lists.run(() => readList(api, name, repository, digest));
}

async function readList(
  api: GithubApi,
  name: RepositoryName,
  repository: string,
  digest: string,
): Promise<readonly GithubAttestation[]> {
  const first = await api.request(ROUTE, {
    parameters: { ...name, subject_digest: digest, per_page: PER_PAGE },
    maxBytes: MAX_PAGE_BYTES,
    expect: [404],
  });
  if (first.status === 404) {
    await assertReadable(api, name);
    return [];
  }
  return readPages(api, first, `GitHub attestations of ${repository}`);
}

/**
 * GitHub answers 404 both where a digest has no attestations and where the token may not see the repository (gh prints
 * the same "HTTP 404: Not Found" for either). Only a repository that can be read has none. Throws `github-api-failed`.
 */
async function assertReadable(api: GithubApi, name: RepositoryName): Promise<void> {
  const key = `repository ${name.owner}/${name.repo}`;
  const known = api.memory.get(key) ?? readRepository(api, name);
  api.memory.set(key, known);
  await known;
}

async function readRepository(api: GithubApi, name: RepositoryName): Promise<string> {
  try {
    await api.request('GET /repos/{owner}/{repo}', { parameters: { ...name }, maxBytes: 4 * 1024 * 1024 });
    return 'readable';
  } catch (cause) {
    const { message } = toCodedError(cause);
    throw new CodedError(
      'github-api-failed',
      `whether ${name.owner}/${name.repo} has attestations cannot be said, it could not be read: ${message}`,
      { cause, hint: 'Does the repository exist, and may the token read it (permissions: attestations: read)?' },
    );
  }
}

/** The entries of all pages. A page that cannot be had ends the list with an entry that says so. */
async function readPages(api: GithubApi, first: ApiAnswer, what: string): Promise<GithubAttestation[]> {
  const entries = pageEntries(first, what);
  const seen = new Set<string>();
  try {
    let next = nextPage(first, api.apiUrl);
    while (next !== undefined) {
      if (seen.has(next.href) || seen.size >= MAX_PAGES) throw tooManyPages(seen.size + 1);
      if (entries.length >= MAX_ENTRIES || sizeOf(entries) > MAX_LIST_BYTES) break;
      seen.add(next.href);
      const page = await api.request(`GET ${next.href}`, { maxBytes: MAX_PAGE_BYTES });
      entries.push(...pageEntries(page, what));
      next = nextPage(page, api.apiUrl);
    }
    if (next !== undefined || entries.length > MAX_ENTRIES) entries.splice(MAX_ENTRIES, Infinity, tooLong());
  } catch (thrown) {
    entries.push(failedPage(thrown));
  }
  return readEntries(api, entries, what);
}

/** A bundle as a page has it: its bytes, or where they are. */
type Entry = { readonly bytes: Uint8Array } | { readonly url: string } | { readonly error: CodedError };

/** What else is in the page, which may be large, is let go. */
function pageEntries(answer: ApiAnswer, what: string): Entry[] {
  const page = parseAnswer(answer, `${what}: the answer`, MAX_DEPTH);
  const attestations = isJsonObject(page) ? page['attestations'] : undefined;
  if (!Array.isArray(attestations)) {
    throw new CodedError('github-api-failed', `${what}: the answer has no list "attestations"`);
  }
  return attestations.slice(0, MAX_ENTRIES + 1).map((value): Entry => {
    const { bundle, bundle_url } = isJsonObject(value) ? value : {};
    if (isJsonObject(bundle)) return { bytes: new TextEncoder().encode(JSON.stringify(bundle)) };
    if (typeof bundle_url === 'string' && bundle_url !== '') return { url: bundle_url };
    return { error: new CodedError('github-api-failed', 'it has neither bundle nor bundle_url') };
  });
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + ('bytes' in entry ? entry.bytes.byteLength : 0), 0);
}

function tooManyPages(count: number): CodedError {
  return new CodedError('github-api-failed', `the list does not end within ${count} pages`, { hint: FLOODED });
}

/** An end of the run is the caller's; any other failure is a part of the list that was not seen. */
function failedPage(thrown: unknown): Entry {
  const error = toCodedError(thrown);
  if (error.code === 'aborted' || error.code === 'deadline-exceeded') throw error;
  return {
    error: new CodedError('github-api-failed', `a page of the list could not be had: ${error.message}`, {
      cause: error,
    }),
  };
}

function tooLong(): Entry {
  const message = `the list is longer than ${MAX_ENTRIES} attestations or ${MAX_LIST_BYTES} bytes: its rest was not read`;
  return { error: new CodedError('github-api-failed', message, { hint: FLOODED }) };
}

/** In their order. What is over the bytes of a list is an entry with an error, as what could not be had. */
function readEntries(api: GithubApi, entries: readonly Entry[], what: string): Promise<GithubAttestation[]> {
  let left = MAX_LIST_BYTES;
  const read = async (entry: Entry, origin: string): Promise<GithubAttestation> => {
    if ('error' in entry) return { origin, error: entry.error };
    const tooMuch = (): GithubAttestation => ({ origin, error: overBytes(origin) });
    if ('url' in entry && left <= 0) return tooMuch();
    const got = 'bytes' in entry ? { origin, bytes: entry.bytes } : await fetchBundle(api, entry.url, origin);
    left -= got.bytes?.byteLength ?? 0;
    return left < 0 && got.bytes !== undefined ? tooMuch() : got;
  };
  return Promise.all(
    entries.map((entry, i) => {
      const work = (): Promise<GithubAttestation> => read(entry, `${what}, number ${i + 1}`);
      return 'url' in entry ? api.bundles.run(work) : work();
    }),
  );
}

function overBytes(origin: string): CodedError {
  const message = `${origin}: the attestations of one digest have more than ${MAX_LIST_BYTES} bytes in all; it was not read`;
  return new CodedError('github-api-failed', message, { hint: FLOODED });
}
