import { existsSync } from 'node:fs';
import { GithubApi, type GithubApiOptions } from './github-api.ts';

/** Loads @actions/github and gives the API over it. */
export async function openGithubApi(options: GithubApiOptions): Promise<GithubApi> {
  const { createOctokit } = await withoutDeadEventPath(() => import('./octokit.ts'));
  return new GithubApi(options, createOctokit);
}

/**
 * @actions/github reads the event when it is loaded, and writes to stdout where GITHUB_EVENT_PATH names no file: a
 * container that got the runner's variables and not its folders. The command line's stdout is its result.
 */
async function withoutDeadEventPath<T>(load: () => Promise<T>): Promise<T> {
  const path = process.env['GITHUB_EVENT_PATH'];
  if (!path || existsSync(path)) return load();
  delete process.env['GITHUB_EVENT_PATH'];
  try {
    return await load();
  } finally {
    process.env['GITHUB_EVENT_PATH'] = path;
  }
}
