import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import type { GithubClient } from '../../github/github-client.ts';
import { type FileRoots, isAbsence, resolveInRoots, unreadable } from '../attach/workspace-path.ts';
import type { CommandContext } from '../context.ts';
import { forwardSlashes } from '../forward-slashes.ts';
import type { VerifyOptions } from './options.ts';
import type { PullRequest } from './pull-request.ts';

/** Where a policy, and the files that it names, are read. Always all of them from one place. */
export interface PolicyFiles {
  /** The git ref; undefined: the workspace. */
  readonly ref: string | undefined;
  /** For messages: `the workspace`, `acme/app at main`. */
  readonly place: string;
  /** undefined: it is not there. Throws what reading it throws. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>;
}

/** Larger than any policy, key, certificate store or trusted root. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * On a pull request, or where `policy-ref` says so, the files of a git ref, read through the API: what is checked out
 * there is the change itself, which may not bring its own judge. Elsewhere the workspace. Asks for nothing yet.
 */
export function openPolicyFiles(
  { policyRef }: Pick<VerifyOptions, 'policyRef'>,
  pullRequest: PullRequest | undefined,
  github: Pick<GithubClient, 'readFile'>,
  context: Pick<CommandContext, 'workspace' | 'readsAnywhere' | 'env'>,
): PolicyFiles {
  if (policyRef === undefined && pullRequest === undefined) return workspaceFiles(context);
  // as a branch: a tag of the same name is something else
  const base = pullRequest?.baseRef === undefined ? undefined : `heads/${pullRequest.baseRef}`;
  const ref = policyRef ?? base;
  const repository = pullRequest?.repository ?? context.env['GITHUB_REPOSITORY'];
  if (!ref || !repository) {
    const what = ref ? 'the repository' : 'the base of the pull request';
    throw new CodedError('input-conflict', `${what} that the policy is to be read from is not known`, {
      hint: 'Outside of a workflow run set GITHUB_REPOSITORY (owner/name) and policy-ref.',
    });
  }
  return {
    ref,
    place: `${repository} at ${ref}`,
    read: (path) => github.readFile(repository, ref, forwardSlashes(path)),
  };
}

/** Files of the workspace. Neither `..` nor a symbolic link leads out of it; the command line's user may read anything. */
export function workspaceFiles(context: Pick<CommandContext, 'workspace' | 'readsAnywhere'>): PolicyFiles {
  const { workspace, readsAnywhere } = context;
  const roots: FileRoots = { workspace };
  return {
    ref: undefined,
    place: 'the workspace',
    read: async (path) => {
      const real = readsAnywhere === true ? resolve(workspace, path) : await resolveInRoots(path, roots);
      return real === undefined ? undefined : readSmallFile(real, path);
    },
  };
}

async function readSmallFile(real: string, path: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(real);
    if (bytes.byteLength <= MAX_FILE_BYTES) return bytes;
  } catch (cause) {
    if (isAbsence(cause)) return undefined;
    throw unreadable(path, cause);
  }
  throw new CodedError('file-unreadable', `${JSON.stringify(path)} has more than ${MAX_FILE_BYTES} bytes`);
}
