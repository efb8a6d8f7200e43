import type { FlowEnd } from './flow.ts';

/** Whether what a run says went wrong lets a reader find the request (`METHOD /path`) that it went wrong at. */
export function namesRequest({ errors, said }: Pick<FlowEnd, 'errors' | 'said'>, request: string): boolean {
  const named = nameOf(request);
  return [...errors.map(textOf), ...said].some((text) => named.some((name) => text.includes(name)));
}

/** An error with all that it was caused by. */
function textOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${textOf(error.cause)}` : '';
}

/** The tag or digest that a request is about; of an upload its blob, or that it is one. */
function nameOf(request: string): readonly string[] {
  const { pathname, searchParams } = new URL(request.slice(request.indexOf(' ') + 1), 'http://x');
  const last = decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
  if (pathname.endsWith('/tags/list')) return ['/tags/list', 'the tags of'];
  if (!pathname.includes('/blobs/uploads/')) return [last];
  const blob = searchParams.get('digest') ?? searchParams.get('mount');
  return ['/blobs/uploads/', 'upload', ...(blob === null ? [] : [blob])];
}
