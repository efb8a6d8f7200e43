import { CodedError, hasCode, toCodedError } from '../errors/coded-error.ts';
import type { BufferedResponse } from '../net/types.ts';

/** A rate limit that ends later than this is not waited for. */
const LONGEST_WAIT_MS = 60_000;
const MAX_MESSAGE = 300;

/**
 * Milliseconds to wait before the request is sent again; undefined where it is not a rate limit, or one that lasts longer
 * than a run should wait. GitHub answers 403 or 429, with `retry-after`, or with nothing remaining and when that ends.
 */
export function rateLimitWait(
  answer: Pick<BufferedResponse, 'status' | 'headers'>,
  parseRetryAfter: (value: string | undefined, now: number) => number | undefined,
  now: number,
): number | undefined {
  if (!isRateLimit(answer)) return undefined;
  const asked = parseRetryAfter(answer.headers.get('retry-after'), now);
  const reset = Number(answer.headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
  const until = asked ?? Math.max(0, reset - now);
  return until <= LONGEST_WAIT_MS ? until : undefined;
}

/** A refusal that has nothing to do with permissions, also where only GitHub's words say so. */
export function isLimited(answer: BufferedResponse): boolean {
  return (
    isRateLimit(answer) || ((answer.status === 403 || answer.status === 429) && /rate limit/i.test(messageOf(answer)))
  );
}

function isRateLimit({ status, headers }: Pick<BufferedResponse, 'status' | 'headers'>): boolean {
  if (status !== 403 && status !== 429) return false;
  return headers.get('retry-after') !== undefined || headers.get('x-ratelimit-remaining') === '0';
}

/** What went wrong with a request, as an error of ours. The token is in no message: it is sent in a header alone. */
export function apiError(thrown: unknown, route: string, answer: BufferedResponse | undefined): CodedError {
  const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  if (hasCode(cause, 'aborted', 'deadline-exceeded', 'github-api-failed')) return cause;
  if (isAbort(cause)) return toCodedError(cause);
  if (answer === undefined || answer.status < 300 || cause instanceof CodedError) return unanswered(cause, route);
  return refused(answer, route);
}

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError');
}

function unanswered(cause: unknown, route: string): CodedError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CodedError('github-api-failed', `GitHub's API gave no answer to ${route}: ${message}`, {
    cause,
    hint: cause instanceof CodedError ? cause.hint : undefined,
  });
}

function refused(answer: BufferedResponse, route: string): CodedError {
  const { status } = answer;
  const text = `${route.split(' ')[0]} ${answer.url.origin}${answer.url.pathname}: HTTP ${status}${messageOf(answer)}`;
  if (isLimited(answer)) {
    return new CodedError('github-api-failed', text, {
      hint: 'This is a rate limit. With github-token there are more requests an hour; or try again later.',
    });
  }
  if (status === 403 && !route.startsWith('GET ')) {
    return new CodedError('github-forbidden', text, { hint: permissionHint(answer) });
  }
  return new CodedError('github-api-failed', text, { hint: statusHint(answer) });
}

function statusHint(answer: BufferedResponse): string | undefined {
  if (answer.status === 401) return 'The token is not valid any more, or not one of this GitHub instance.';
  return answer.status === 403 ? permissionHint(answer) : undefined;
}

function permissionHint({ headers }: BufferedResponse): string {
  const needed = headers.get('x-accepted-github-permissions');
  const which = needed === undefined ? '' : ` It asks for: ${needed.slice(0, MAX_MESSAGE).replaceAll('=', ': ')}.`;
  return `The token may not do this; permissions are given in the job.${which}`;
}

/** GitHub's own words, `{"message": "..."}`. */
function messageOf({ bytes }: BufferedResponse): string {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, 64 * 1024)));
    const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined;
    return typeof message === 'string' && message !== '' ? `: ${message.slice(0, MAX_MESSAGE)}` : '';
  } catch {
    return ''; // a proxy's page says nothing that the status does not
  }
}
