import type { IncomingBody } from './incoming-body.ts';
import { NetError } from './net-error.ts';
import { parseRetryAfter, parseRetryAfterBody } from './retry-after.ts';
import type { HttpRequest, ResponseHeaders, RetryPolicy } from './types.ts';

/** A server that asks for a longer wait is not waited for: its answer is the result. */
const LONGEST_ASKED_WAIT_MS = 60_000;
const LONGEST_BACKOFF_MS = 30_000;

/** How much of an error body is searched for a wait. */
const BODY_PEEK_BYTES = 16 * 1024;

const IDEMPOTENT_METHODS: readonly string[] = ['GET', 'HEAD', 'PUT', 'DELETE'];

export function retryPolicyOf(request: HttpRequest): RetryPolicy {
  return request.retry ?? (IDEMPOTENT_METHODS.includes(request.method) ? 'idempotent' : 'replayable');
}

/**
 * Whether a failure is worth another attempt. A request that is not idempotent is repeated only when it cannot have
 * reached the server (RFC 9110 §9.2.2).
 */
export function isRetryableError(thrown: unknown, policy: RetryPolicy): boolean {
  if (!(thrown instanceof NetError) || !thrown.transient) return false;
  return policy === 'idempotent' || (policy === 'replayable' && thrown.phase === 'connect');
}

/** 501 and 505 are 5xx by number but say that the server cannot do this, now or later. */
export function isRetryableStatus(status: number, policy: RetryPolicy): boolean {
  if (policy === 'never') return false;
  if (policy === 'replayable') return status === 429 || status === 503;
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/**
 * Milliseconds before the attempt after `attempt` (1 is the first): exponential with full jitter, so that the clients
 * which one outage threw out do not come back in step.
 */
export function backoff(attempt: number, baseMs: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_BACKOFF_MS, baseMs * 2 ** (attempt - 1));
}

/**
 * The wait that a refusal asks for: 0 when it asks for none, undefined when it asks for more than we will wait. The
 * body is left to be read.
 */
export async function askedWait(answer: {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: IncomingBody;
}): Promise<number | undefined> {
  const inHeader = parseRetryAfter(answer.headers.get('retry-after'), Date.now());
  const asked = inHeader ?? (answer.status === 429 ? await waitInBody(answer.body) : undefined) ?? 0;
  return asked > LONGEST_ASKED_WAIT_MS ? undefined : asked;
}

async function waitInBody(body: IncomingBody): Promise<number | undefined> {
  return parseRetryAfterBody(await body.peek(BODY_PEEK_BYTES));
}
