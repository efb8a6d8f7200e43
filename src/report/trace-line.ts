import type { RequestTrace } from '../net/types.ts';
import { escapeTerminal } from './escape.ts';

/** One request on a line: `GET https://host/v2/... -> 200 in 12 ms (attempt 2)`. */
export function renderTraceLine({ method, url, status, milliseconds, attempt, error }: RequestTrace): string {
  const again = attempt > 1 ? ` (attempt ${attempt})` : '';
  return escapeTerminal(
    `${method} ${url} -> ${status ?? error ?? 'no answer'} in ${Math.round(milliseconds)} ms${again}`,
  );
}
