import { CodedError } from '../errors/coded-error.ts';
import { isJsonObject, type JsonValue } from '../oci/strict-json.ts';
import type { ApiAnswer, GithubApi } from './github-api.ts';
import type { PackageVersion } from './github-client.ts';
import { parseAnswer } from './json-answer.ts';
import { nextPage } from './next-page.ts';

const PER_PAGE = 100;
const MAX_PAGES = 500;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
/** Which of them an owner is nobody says beforehand. */
const ROUTES = [
  'GET /orgs/{owner}/packages/{package_type}/{package_name}/versions',
  'GET /users/{owner}/packages/{package_type}/{package_name}/versions',
] as const;

/** See GithubClient. */
export async function listPackageVersions(
  api: GithubApi,
  owner: string,
  name: string,
): Promise<readonly PackageVersion[]> {
  const what = `versions of the package ${owner}/${name}`;
  const first = await firstPage(api, owner, name, what);
  const versions = pageVersions(first, what);
  let next = nextPage(first, api.apiUrl);
  for (let pages = 1; next !== undefined; pages++) {
    if (pages >= MAX_PAGES) throw failed(`${what}: the list does not end within ${MAX_PAGES} pages`);
    const page = await api.request(`GET ${next.href}`, { maxBytes: MAX_PAGE_BYTES });
    versions.push(...pageVersions(page, what));
    next = nextPage(page, api.apiUrl);
  }
  return versions;
}

/** GitHub answers 404 also where the token may not see the package: only an answer says what there is. */
async function firstPage(api: GithubApi, owner: string, name: string, what: string): Promise<ApiAnswer> {
  for (const route of ROUTES) {
    const parameters = { owner, package_type: 'container', package_name: name, per_page: PER_PAGE };
    const answer = await api.request(route, { parameters, maxBytes: MAX_PAGE_BYTES, expect: [404] });
    if (answer.status !== 404) return answer;
  }
  throw failed(
    `${what} could not be listed: neither an organisation nor a user ${owner} has it, as GitHub's API answers this token (HTTP 404)`,
    'Is the name right, and may the token read the package (permissions: packages: read)? `packages: false` goes without.',
  );
}

function pageVersions(answer: ApiAnswer, what: string): PackageVersion[] {
  const page = parseAnswer(answer, `${what}: the answer`);
  if (!Array.isArray(page)) throw failed(`${what}: the answer is no list`);
  return page.map((version: JsonValue) => {
    if (!isJsonObject(version) || typeof version['name'] !== 'string') throw failed(`${what}: a version has no name`);
    return { digest: version['name'], tags: tagsOf(version, what) };
  });
}

/** Without its tags nobody can say whether a version is an image: that is no "none". */
function tagsOf(version: { readonly [key: string]: JsonValue | undefined }, what: string): readonly string[] {
  const { metadata } = version;
  const container = isJsonObject(metadata) ? metadata['container'] : undefined;
  const tags = isJsonObject(container) ? container['tags'] : undefined;
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw failed(`${what}: a version has no list of tags`);
}

function failed(message: string, hint?: string): CodedError {
  return new CodedError('github-api-failed', message, { hint });
}
