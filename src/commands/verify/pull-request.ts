import { readFile } from 'node:fs/promises';
import { CodedError } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';
import { mayBeProposal } from '../may-be-proposal.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What a workflow run is about, and where its reports belong. What the event does not say is undefined. */
export interface PullRequest {
  /** `pull_request`, `pull_request_target`, `push`, ... */
  readonly event: string;
  /** The pull request that a comment goes to; undefined where the run is about none, or about several. */
  readonly number: number | undefined;
  /** `owner/name` that the pull request is to be merged into, else GITHUB_REPOSITORY: where comments and checks go. */
  readonly repository: string | undefined;
  /**
   * The branch that it is to be merged into, as it is now: an old pull request must not bring an old policy. Of a comment
   * and of another workflow's run the default branch, whose workflow file runs.
   */
  readonly baseRef: string | undefined;
  /** The commit that a check run belongs to: of a pull request its head, and not the merge commit that is checked out. */
  readonly headSha: string | undefined;
}

/** GitHub's own payloads are far smaller (25 MB is what a webhook may have). */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/**
 * The pull request of the event, or what stands for it; undefined where what is checked out is what was pushed. Throws
 * what readEvent throws.
 */
export async function readPullRequest(env: Env): Promise<PullRequest | undefined> {
  return mayBeProposal(env) ? readEvent(env) : undefined;
}

/** From the runner's variables and the event's payload. Throws `input-invalid` for a payload that cannot be read. */
export async function readEvent(env: Env): Promise<PullRequest> {
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  const payload = await readPayload(env['GITHUB_EVENT_PATH']);
  const { number, repository, baseRef, headSha } = contextOf(event, payload);
  return {
    event,
    number,
    repository: repository ?? textOf(env['GITHUB_REPOSITORY']),
    baseRef: baseRef ?? textOf(env['GITHUB_BASE_REF']),
    headSha: headSha ?? textOf(env['GITHUB_SHA']),
  };
}

function contextOf(event: string, payload: JsonObject | undefined): Partial<PullRequest> {
  if (event === 'merge_group') return ofMergeGroup(objectAt(payload, 'merge_group'));
  if (event === 'issue_comment') return ofIssue(payload);
  // the runs of several pull requests may have led to it, and those of forks are not named
  if (event === 'workflow_run')
    return { ...ofDefaultBranch(payload), headSha: textAt(objectAt(payload, 'workflow_run'), 'head_sha') };
  return event.startsWith('pull_request') ? ofPullRequest(payload) : {};
}

function ofPullRequest(payload: JsonObject | undefined): Partial<PullRequest> {
  const pullRequest = objectAt(payload, 'pull_request');
  const base = objectAt(pullRequest, 'base');
  return {
    number: wholeAt(pullRequest, 'number') ?? wholeAt(payload, 'number'),
    repository: textAt(objectAt(base, 'repo'), 'full_name'),
    baseRef: textAt(base, 'ref'),
    headSha: textAt(objectAt(pullRequest, 'head'), 'sha'),
  };
}

/** A merge queue tests the pull request under a branch `gh-readonly-queue/BASE/pr-NUMBER-SHA`. */
function ofMergeGroup(group: JsonObject | undefined): Partial<PullRequest> {
  const number = /^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]+$/.exec(textAt(group, 'head_ref') ?? '')?.[1];
  return {
    number: number === undefined ? undefined : Number(number),
    baseRef: textAt(group, 'base_ref')?.replace(/^refs\/heads\//, ''),
    headSha: textAt(group, 'head_sha'),
  };
}

function ofIssue(payload: JsonObject | undefined): Partial<PullRequest> {
  const issue = objectAt(payload, 'issue');
  const base = ofDefaultBranch(payload);
  return isJsonObject(issue?.['pull_request']) ? { ...base, number: wholeAt(issue, 'number') } : base;
}

function ofDefaultBranch(payload: JsonObject | undefined): Partial<PullRequest> {
  return { baseRef: textAt(objectAt(payload, 'repository'), 'default_branch') };
}

async function readPayload(path: string | undefined): Promise<JsonObject | undefined> {
  if (!path) return undefined;
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength > MAX_PAYLOAD_BYTES) throw new RangeError(`it has ${bytes.byteLength} bytes`);
    return parseStrictJsonObject(bytes, { what: 'the event' });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('input-invalid', `the event of the workflow run (GITHUB_EVENT_PATH) cannot be read: ${why}`, {
      cause,
    });
  }
}

function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isJsonObject(value) ? value : undefined;
}

function textAt(object: JsonObject | undefined, key: string): string | undefined {
  return textOf(object?.[key]);
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function wholeAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
