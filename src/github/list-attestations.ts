import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { type JsonValue, parseStrictJsonObject } from '../oci/strict-json.ts';
import { fetchBundle } from './fetch-bundle.ts';
import type { ApiAnswer, GithubApi } from './github-api.ts';
import type { GithubAttestation } from './github-client.ts';
import { nextPage } from './next-page.ts';
import { parseRepositoryName, type RepositoryName } from './repository-name.ts';

const PER_PAGE = 30;
const MAX_PAGES = 40;
/** A page holds its bundles, and a bundle may hold an SBOM. */
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
const ROUTE = 'GET /repos/{owner}/{repo}/attestations/{subject_digest}';

/** See GithubClient. */
export async function listAttestations(
  api: GithubApi,
  repository: string,
  digest: string,
): Promise<readonly GithubAttestation[]> {
  const name = parseRepositoryName(repository);
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
  const entries = [...pageEntries(first, what)];
  const seen = new Set<string>();
  try {
    let next = nextPage(first, api.apiUrl);
    while (next !== undefined) {
      if (seen.has(next.href) || seen.size >= MAX_PAGES) throw tooManyPages(seen.size + 1);
      seen.add(next.href);
      const page = await api.request(`GET ${next.href}`, { maxBytes: MAX_PAGE_BYTES });
      entries.push(...pageEntries(page, what));
      next = nextPage(page, api.apiUrl);
    }
  } catch (thrown) {
    entries.push(failedPage(thrown));
  }
  return Promise.all(entries.map((entry, i) => readEntry(api, entry, `${what}, number ${i + 1}`)));
}

type Entry = { readonly value: JsonValue } | { readonly error: CodedError };

function pageEntries({ bytes }: ApiAnswer, what: string): Entry[] {
  const { attestations } = parseAnswer(bytes, what);
  if (!Array.isArray(attestations)) {
    throw new CodedError('github-api-failed', `${what}: the answer has no list "attestations"`);
  }
  return attestations.map((value) => ({ value }));
}

function parseAnswer(bytes: Uint8Array, what: string): { readonly attestations?: JsonValue | undefined } {
  try {
    return parseStrictJsonObject(bytes, { what: `${what}: the answer`, maxDepth: 128 });
  } catch (cause) {
    throw new CodedError('github-api-failed', toCodedError(cause).message, { cause });
  }
}

function tooManyPages(count: number): CodedError {
  return new CodedError('github-api-failed', `the list does not end within ${count} pages`);
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

async function readEntry(api: GithubApi, entry: Entry, origin: string): Promise<GithubAttestation> {
  if ('error' in entry) return { origin, error: entry.error };
  const { value } = entry;
  const { bundle, bundle_url } = isObject(value) ? value : {};
  if (isObject(bundle)) return { bytes: new TextEncoder().encode(JSON.stringify(bundle)), origin };
  if (typeof bundle_url !== 'string' || bundle_url === '') {
    return { origin, error: new CodedError('github-api-failed', `${origin}: it has neither bundle nor bundle_url`) };
  }
  return fetchBundle(api, bundle_url, origin);
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
