import { readFile } from 'node:fs/promises';
import { CodedError } from '../../errors/coded-error.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The pull request that a workflow run is about. */
export interface PullRequest {
  /** `pull_request`, `pull_request_target`, ... */
  readonly event: string;
  readonly number: number | undefined;
  /** `owner/name` that it is to be merged into. */
  readonly repository: string | undefined;
  /** The branch that it is to be merged into, as it is now: an old pull request must not bring an old policy. */
  readonly baseRef: string | undefined;
}

/** GitHub's own payloads are far smaller (25 MB is what a webhook may have). */
const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

/**
 * The pull request of the event, from the runner's variables and its payload; undefined where the event is none of a
 * pull request: what is checked out is then what was pushed. Throws `input-invalid` for a payload that cannot be read.
 */
export async function readPullRequest(env: Env): Promise<PullRequest | undefined> {
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  if (!event.startsWith('pull_request')) return undefined;
  const payload = await readPayload(env['GITHUB_EVENT_PATH']);
  const pullRequest = objectAt(payload, 'pull_request');
  const base = objectAt(pullRequest, 'base');
  const number = pullRequest?.['number'] ?? payload?.['number'];
  return {
    event,
    number: typeof number === 'number' ? number : undefined,
    repository: textAt(objectAt(base, 'repo'), 'full_name') ?? textOf(env['GITHUB_REPOSITORY']),
    baseRef: textAt(base, 'ref') ?? textOf(env['GITHUB_BASE_REF']),
  };
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
