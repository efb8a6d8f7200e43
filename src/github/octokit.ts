/** The door to @actions/github. Its proxies and its fetch are not used: requests go through net/. */
import { GitHub, getOctokitOptions } from '@actions/github/lib/utils';

export type Octokit = InstanceType<typeof GitHub>;

/** What of fetch an Octokit asks for. */
export type OctokitFetch = (
  url: string,
  init: { readonly method?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
) => Promise<Response>;

const quiet = (): void => {};
const LOG = { debug: quiet, info: quiet, warn: quiet, error: quiet };

export function createOctokit(baseUrl: string, token: string | undefined, fetch: OctokitFetch): Octokit {
  const options = { baseUrl, log: LOG, request: { fetch, log: LOG, parseSuccessResponseBody: false } };
  return new GitHub(token ? getOctokitOptions(token, options) : options);
}
