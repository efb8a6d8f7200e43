import { CodedError, toCodedError } from '../errors/coded-error.ts';
import { isJsonObject, type JsonValue, parseStrictJson } from '../oci/strict-json.ts';
import type { ApiAnswer } from './github-api.ts';

/**
 * JSON of an answer; `what` is for messages, `maxDepth` as of parseStrictJson. Throws `github-api-failed`: a proxy's
 * page is no answer of GitHub's.
 */
export function parseAnswer({ bytes }: ApiAnswer, what: string, maxDepth?: number): JsonValue {
  try {
    return parseStrictJson(bytes, { what, ...(maxDepth !== undefined && { maxDepth }) });
  } catch (cause) {
    throw new CodedError('github-api-failed', toCodedError(cause).message, {
      cause,
      hint: "Something else than GitHub's API may have answered, a proxy for example: check GITHUB_API_URL.",
    });
  }
}

/** Where people find what was made; empty where GitHub does not say. */
export function urlOf(answer: ApiAnswer, what: string): string {
  const made = parseAnswer(answer, what);
  const url = isJsonObject(made) ? made['html_url'] : undefined;
  return typeof url === 'string' ? url : '';
}
