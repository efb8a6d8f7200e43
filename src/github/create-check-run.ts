import type { GithubApi } from './github-api.ts';
import type { CheckRunRequest } from './github-client.ts';
import { urlOf } from './json-answer.ts';
import { parseRepositoryName } from './repository-name.ts';

/** See GithubClient. */
export async function createCheckRun(api: GithubApi, request: CheckRunRequest): Promise<{ readonly url: string }> {
  const { headSha, conclusion, title, summary } = request;
  const answer = await api.request('POST /repos/{owner}/{repo}/check-runs', {
    parameters: {
      ...parseRepositoryName(request.repository),
      name: request.name,
      head_sha: headSha,
      status: 'completed',
      conclusion,
      output: { title, summary },
    },
    maxBytes: 1024 * 1024,
  });
  return { url: urlOf(answer, 'the check run') };
}
