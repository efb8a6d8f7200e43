import type { GithubApi } from './github-api.ts';
import type { CheckRunRequest } from './github-client.ts';
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
  const { html_url } = JSON.parse(new TextDecoder().decode(answer.bytes)) as { readonly html_url?: unknown };
  return { url: typeof html_url === 'string' ? html_url : '' };
}
