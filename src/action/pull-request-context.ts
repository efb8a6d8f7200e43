import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../oci/strict-json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where a report of a workflow run belongs. What the event does not say is undefined. */
export interface PullRequestContext {
  /** GITHUB_EVENT_NAME. */
  readonly event: string;
  /** The pull request that a comment goes to; undefined where the run is about none, or about several. */
  readonly number: number | undefined;
  /** `owner/name` that the pull request is to be merged into, else GITHUB_REPOSITORY: where comments and checks go. */
  readonly repository: string | undefined;
  readonly baseRef: string | undefined;
  readonly baseSha: string | undefined;
  /** The commit that a check run belongs to: of a pull request its head, and not the merge commit that is checked out. */
  readonly headSha: string | undefined;
  /** The change comes from another repository: the token of a `pull_request` event is then read-only. */
  readonly isFork: boolean;
}

const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/**
 * From the runner's variables and the event's payload. A payload that is not there or cannot be read leaves what the
 * variables say: where to report never changes a verdict.
 */
export async function readPullRequestContext(env: Env): Promise<PullRequestContext> {
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  const payload = await readPayload(env['GITHUB_EVENT_PATH']);
  const fromPayload = contextOf(event, payload);
  return {
    event,
    number: fromPayload.number,
    repository: fromPayload.repository ?? textOf(env['GITHUB_REPOSITORY']),
    baseRef: fromPayload.baseRef ?? textOf(env['GITHUB_BASE_REF']),
    baseSha: fromPayload.baseSha,
    headSha: fromPayload.headSha ?? textOf(env['GITHUB_SHA']),
    isFork: fromPayload.isFork ?? false,
  };
}

function contextOf(event: string, payload: JsonObject | undefined): Partial<PullRequestContext> {
  if (event === 'merge_group') return ofMergeGroup(objectAt(payload, 'merge_group'));
  if (event === 'issue_comment') return ofIssue(payload);
  // the runs of several pull requests may have led to it, and those of forks are not named
  if (event === 'workflow_run') return { headSha: textAt(objectAt(payload, 'workflow_run'), 'head_sha') };
  return event.startsWith('pull_request') ? ofPullRequest(payload) : {};
}

function ofPullRequest(payload: JsonObject | undefined): Partial<PullRequestContext> {
  const pullRequest = objectAt(payload, 'pull_request');
  const base = objectAt(pullRequest, 'base');
  const head = objectAt(pullRequest, 'head');
  const repository = textAt(objectAt(base, 'repo'), 'full_name');
  return {
    number: wholeAt(pullRequest, 'number') ?? wholeAt(payload, 'number'),
    repository,
    baseRef: textAt(base, 'ref'),
    baseSha: textAt(base, 'sha'),
    headSha: textAt(head, 'sha'),
    // of a fork that was deleted GitHub says null
    isFork: pullRequest !== undefined && textAt(objectAt(head, 'repo'), 'full_name') !== repository,
  };
}

/** A merge queue tests the pull request under a branch `gh-readonly-queue/BASE/pr-NUMBER-SHA`. */
function ofMergeGroup(group: JsonObject | undefined): Partial<PullRequestContext> {
  const number = /^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d+)-[0-9a-f]+$/.exec(textAt(group, 'head_ref') ?? '')?.[1];
  return {
    number: number === undefined ? undefined : Number(number),
    baseRef: textAt(group, 'base_ref')?.replace(/^refs\/heads\//, ''),
    baseSha: textAt(group, 'base_sha'),
    headSha: textAt(group, 'head_sha'),
  };
}

function ofIssue(payload: JsonObject | undefined): Partial<PullRequestContext> {
  const issue = objectAt(payload, 'issue');
  return isJsonObject(issue?.['pull_request']) ? { number: wholeAt(issue, 'number') } : {};
}

async function readPayload(path: string | undefined): Promise<JsonObject | undefined> {
  if (!path) return undefined;
  try {
    const bytes = await readFile(path);
    return bytes.byteLength > MAX_PAYLOAD_BYTES ? undefined : parseStrictJsonObject(bytes, { what: 'the event' });
  } catch {
    return undefined;
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
