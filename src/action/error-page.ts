import type { ErrorCode } from '../errors/codes.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where docs/errors.md tells of a code, at the version that runs. undefined where the runner does not name the action's
 * repository (one that lies in the workspace), or is not github.com's, which may have the action from elsewhere.
 */
export function errorPage(code: ErrorCode, env: Environment): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository = '', GITHUB_ACTION_REF: ref = '' } = env;
  if (server !== 'https://github.com') return undefined;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || !/^[\w.-]+(?:\/[\w.-]+)*$/.test(ref)) return undefined;
  return `${server}/${repository}/blob/${ref}/docs/errors.md#${code}`;
}
