import { CodedError } from '../errors/coded-error.ts';
import type { HttpClient } from '../net/types.ts';
import type { GithubApi } from './github-api.ts';
import type { GithubClient } from './github-client.ts';

export interface GithubClientOptions {
  /** Carries every request: its proxies, its trust, its retries, its deadline. */
  readonly http: Pick<HttpClient, 'request'>;
  /** Without one only what is public can be read. Sent to `apiUrl`'s origin alone. */
  readonly token?: string | undefined;
  /** GITHUB_API_URL; default https://api.github.com. `https://HOST/api/v3` on GitHub Enterprise Server. */
  readonly apiUrl?: string | undefined;
  /** Ends a wait for a rate limit. */
  readonly signal?: AbortSignal | undefined;
}

export const DEFAULT_API_URL = 'https://api.github.com';

/**
 * GitHub's REST API through @actions/github. Nothing is loaded or sent before the first call. Throws `input-invalid` for
 * an `apiUrl` that is no http(s) URL.
 */
export function createGithubClient(options: GithubClientOptions): GithubClient {
  const apiUrl = parseApiUrl(options.apiUrl || DEFAULT_API_URL);
  let opening: Promise<GithubApi> | undefined;
  const open = (): Promise<GithubApi> => {
    opening ??= import('./open-github-api.ts').then(({ openGithubApi }) => openGithubApi({ ...options, apiUrl }));
    return opening;
  };
  return {
    listAttestations: async (repository, digest) => {
      const { listAttestations } = await import('./list-attestations.ts');
      return listAttestations(await open(), repository, digest);
    },
    readFile: async (repository, ref, path) => {
      const { readFileAt } = await import('./read-file-at.ts');
      return readFileAt(await open(), { repository, ref, path });
    },
    listPackageVersions: async (owner, name) => {
      const { listPackageVersions } = await import('./list-package-versions.ts');
      return listPackageVersions(await open(), owner, name);
    },
    upsertComment: async (request) => {
      const { upsertComment } = await import('./upsert-comment.ts');
      return upsertComment(await open(), request);
    },
    createCheckRun: async (request) => {
      const { createCheckRun } = await import('./create-check-run.ts');
      return createCheckRun(await open(), request);
    },
  };
}

function parseApiUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '') return url;
  throw new CodedError('input-invalid', `GITHUB_API_URL ${JSON.stringify(text)} is not an http(s) URL`, {
    hint: `Expected ${DEFAULT_API_URL}, or https://HOST/api/v3 on GitHub Enterprise Server.`,
  });
}
