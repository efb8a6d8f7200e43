import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { GithubApi } from './github-api.ts';
import { parseRepositoryName, type RepositoryName } from './repository-name.ts';

const MAX_FILE_BYTES = 1024 * 1024;

/** See GithubClient. */
export async function readFileAt(
  api: GithubApi,
  request: { readonly repository: string; readonly ref: string; readonly path: string },
): Promise<Uint8Array | undefined> {
  const name = parseRepositoryName(request.repository);
  const path = encodePath(request.path);
  // where the commit can be read, a 404 below it speaks of the file alone
  const commit = await resolveCommit(api, name, request.ref);
  const answer = await api.request(`GET /repos/{owner}/{repo}/contents/${path}`, {
    parameters: { ...name, ref: commit },
    accept: 'application/vnd.github.raw+json',
    maxBytes: MAX_FILE_BYTES,
    expect: [404],
  });
  if (answer.status === 404) return undefined;
  // of a directory or a submodule GitHub sends a description, whatever is asked for
  if (/^application\/json\b/i.test(answer.contentType)) {
    throw new CodedError(
      'github-api-failed',
      `${request.path} at ${request.ref} of ${request.repository} is not a file`,
    );
  }
  return answer.bytes;
}

/** The commit of a ref, asked for once. Throws `github-api-failed` where there is no such ref or it cannot be read. */
async function resolveCommit(api: GithubApi, name: RepositoryName, ref: string): Promise<string> {
  const key = `ref ${name.owner}/${name.repo} ${ref}`;
  const known = api.memory.get(key) ?? readCommit(api, name, ref);
  api.memory.set(key, known);
  return known;
}

async function readCommit(api: GithubApi, name: RepositoryName, ref: string): Promise<string> {
  const what = `the ref ${JSON.stringify(ref)} of ${name.owner}/${name.repo}`;
  try {
    const answer = await api.request('GET /repos/{owner}/{repo}/commits/{ref}', {
      parameters: { ...name, ref },
      accept: 'application/vnd.github.sha',
      maxBytes: 4096,
    });
    const commit = new TextDecoder().decode(answer.bytes).trim();
    if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
    throw new CodedError('github-api-failed', 'the answer is not the hash of a commit');
  } catch (cause) {
    const error = toCodedError(cause);
    if (error.code !== 'github-api-failed') throw error;
    throw new CodedError('github-api-failed', `${what} could not be read: ${error.message}`, {
      cause,
      hint: error.hint ?? 'Does it exist, and may the token read it (permissions: contents: read)?',
    });
  }
}

/** A path below the repository's root, each of its parts encoded; `./` before it is that root. */
function encodePath(path: string): string {
  const parts = path.replace(/^\.\//, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new CodedError('input-invalid', `${JSON.stringify(path)} is not a path within a repository`);
  }
  return parts.map(encodeURIComponent).join('/');
}
