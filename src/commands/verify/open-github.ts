import { createGithubClient } from '../../github/create-github-client.ts';
import type { GithubClient } from '../../github/github-client.ts';
import type { CommandContext } from '../context.ts';
import type { VerifyOptions } from './options.ts';

/**
 * GitHub's API over the run's own connections, with the workflow's token; one for a whole run, so that a git ref is
 * resolved once. Nothing is loaded or sent before it is used. Throws `input-invalid` for GITHUB_API_URL.
 */
export function openGithub(
  { githubToken }: Pick<VerifyOptions, 'githubToken'>,
  { http, env, signal }: Pick<CommandContext, 'http' | 'env' | 'signal'>,
): GithubClient {
  return createGithubClient({ http, token: githubToken, apiUrl: env['GITHUB_API_URL'], signal });
}
