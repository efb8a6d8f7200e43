import { CodedError } from '../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../oci/strict-json.ts';
import { commentMarker } from './comment-marker.ts';
import type { ApiAnswer, GithubApi } from './github-api.ts';
import type { CommentRequest } from './github-client.ts';
import { parseAnswer, urlOf } from './json-answer.ts';
import { nextPage } from './next-page.ts';
import { parseRepositoryName, type RepositoryName } from './repository-name.ts';

const PER_PAGE = 100;
const MAX_PAGES = 50;
/** 100 comments of 64 KiB, each character escaped. */
const MAX_PAGE_BYTES = 48 * 1024 * 1024;
const ANSWER_BYTES = 1024 * 1024;

/** See GithubClient. */
export async function upsertComment(
  api: GithubApi,
  request: CommentRequest,
): Promise<{ readonly url: string; readonly updated: boolean }> {
  const name = parseRepositoryName(request.repository);
  const marker = commentMarker(request.key);
  const body = request.body.startsWith(marker) ? request.body : `${marker}\n${request.body}`;
  for (const id of await findOwn(api, name, request.issue, marker)) {
    const url = await update(api, name, id, body);
    if (url !== undefined) return { url, updated: true };
  }
  const answer = await api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    parameters: { ...name, issue_number: request.issue, body },
    maxBytes: ANSWER_BYTES,
  });
  return { url: urlOf(answer, 'the comment'), updated: false };
}

/** Ids of the comments that bear the marker and are ours to change, oldest first. */
async function findOwn(api: GithubApi, name: RepositoryName, issue: number, marker: string): Promise<number[]> {
  const comments = await listComments(api, name, issue);
  const marked = comments.filter(({ body }) => typeof body === 'string' && body.startsWith(marker));
  if (marked.length === 0) return [];
  const login = await ownLogin(api);
  return marked.flatMap(({ id, user }) => (typeof id === 'number' && isOwn(user, login) ? [id] : []));
}

/** Anybody can paste a marker. Where it is unknown who we are, we are an app, whose comments are a bot's. */
function isOwn(user: JsonValue | undefined, login: string | undefined): boolean {
  if (!isJsonObject(user)) return false;
  return login === undefined ? user['type'] === 'Bot' : user['login'] === login;
}

/** The user of the token; undefined for an app's (GITHUB_TOKEN is one, `ghs_`), which may not ask. */
async function ownLogin(api: GithubApi): Promise<string | undefined> {
  if (api.options.token?.startsWith('ghs_')) return undefined;
  const answer = await api.request('GET /user', { maxBytes: ANSWER_BYTES, expect: [401, 403, 404] });
  if (answer.status !== 200) return undefined;
  const user = parseAnswer(answer, 'the user');
  const login = isJsonObject(user) ? user['login'] : undefined;
  return typeof login === 'string' ? login : undefined;
}

async function listComments(api: GithubApi, name: RepositoryName, issue: number): Promise<JsonObject[]> {
  const comments: JsonObject[] = [];
  let page: ApiAnswer = await api.request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    parameters: { ...name, issue_number: issue, per_page: PER_PAGE },
    maxBytes: MAX_PAGE_BYTES,
  });
  for (let pages = 1; ; pages++) {
    const list = parseAnswer(page, 'the comments');
    if (!Array.isArray(list)) throw new CodedError('github-api-failed', 'the comments: the answer is no list');
    comments.push(...list.filter(isJsonObject));
    const next = nextPage(page, api.apiUrl);
    // with more, a second comment is better than none
    if (next === undefined || pages >= MAX_PAGES) return comments;
    page = await api.request(`GET ${next.href}`, { maxBytes: MAX_PAGE_BYTES });
  }
}

/** The comment's URL; undefined where it is gone, or another app's. */
async function update(api: GithubApi, name: RepositoryName, id: number, body: string): Promise<string | undefined> {
  const answer = await api.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
    parameters: { ...name, comment_id: id, body },
    maxBytes: ANSWER_BYTES,
    expect: [403, 404],
  });
  return answer.status === 200 ? urlOf(answer, 'the comment') : undefined;
}
