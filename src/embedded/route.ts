import { isDigest } from '../oci/digest.ts';

/** What a path of the distribution-spec means. `reference` is a tag or a digest as it stands in the path. */
export type Route =
  | { readonly kind: 'base' }
  | { readonly kind: 'token' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly session: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'unknown' };

export const TOKEN_PATH = '/token';

// distribution-spec 1.1 "Pulling manifests"
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const MAX_NAME = 255;

export function isRepositoryName(name: string): boolean {
  return NAME.test(name) && name.length <= MAX_NAME;
}

/** Path -> route, from its end: a repository name may hold any of the words that follow it. */
export function parseRoute(path: string): Route {
  if (path === TOKEN_PATH) return { kind: 'token' };
  if (path === '/v2' || path === '/v2/') return { kind: 'base' };
  if (!path.startsWith('/v2/')) return { kind: 'unknown' };
  const segments = decodeSegments(path.slice('/v2/'.length));
  if (segments === undefined) return { kind: 'unknown' };
  return (
    named(segments, ['blobs', 'uploads', ''], (repository) => ({ kind: 'uploads', repository })) ??
    named(segments, ['blobs', 'uploads'], (repository) => ({ kind: 'uploads', repository })) ??
    named(segments, ['blobs', 'uploads', undefined], (repository, session) => ({
      kind: 'upload',
      repository,
      session,
    })) ??
    named(segments, ['tags', 'list'], (repository) => ({ kind: 'tags', repository })) ??
    named(segments, ['manifests', undefined], (repository, reference) => ({
      kind: 'manifest',
      repository,
      reference,
    })) ??
    named(segments, ['blobs', undefined], (repository, digest) => ({ kind: 'blob', repository, digest })) ??
    named(segments, ['referrers', undefined], (repository, digest) => ({ kind: 'referrers', repository, digest })) ?? {
      kind: 'unknown',
    }
  );
}

function named(
  segments: readonly string[],
  tail: readonly (string | undefined)[],
  build: (repository: string, last: string) => Route,
): Route | undefined {
  const head = segments.length - tail.length;
  if (head < 1) return undefined;
  const last = segments.at(-1) ?? '';
  const fits = tail.every((word, i) => (word === undefined ? last !== '' : word === segments[head + i]));
  return fits ? build(segments.slice(0, head).join('/'), last) : undefined;
}

function decodeSegments(rest: string): string[] | undefined {
  try {
    return rest.split('/').map(decodeURIComponent);
  } catch {
    return undefined; // a broken percent escape names nothing
  }
}

/** Whether the last part of a manifest path means a digest; a tag cannot hold a colon. */
export function isDigestReference(reference: string): boolean {
  return reference.includes(':') || isDigest(reference);
}
