import { CodedError } from '../errors/coded-error.ts';
import { parseLinkHeader } from '../net/link-header.ts';
import type { ApiAnswer } from './github-api.ts';

/** The URL of the page after this one, of the API's own origin; undefined after the last. Throws `github-api-failed`. */
export function nextPage(answer: ApiAnswer, apiUrl: URL): URL | undefined {
  const target = parseLinkHeader(answer.link).find(({ rel }) => rel.includes('next'))?.target;
  if (target === undefined) return undefined;
  const url = URL.parse(target, apiUrl.href);
  if (url?.origin === apiUrl.origin) return url;
  throw new CodedError(
    'github-api-failed',
    `the next page is said to be ${JSON.stringify(target.slice(0, 200))}: not of ${apiUrl.origin}`,
  );
}
