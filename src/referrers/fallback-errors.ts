import { CodedError, hasCode } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { MAX_MANIFEST_BYTES } from '../oci/manifest.ts';
import { buildReferrersTag } from '../oci/referrers-tag.ts';
import type { Store } from '../store/store.ts';
import type { FallbackIndex } from './read-fallback-index.ts';

/** `ghcr.io/acme/app:sha256-...`, as messages name the list of a subject. */
export function fallbackName(store: Store, subject: Digest): string {
  return `${store.name}:${buildReferrersTag(subject)}`;
}

/** Throws `fallback-index-invalid` where the tag answers with what is not ours to change. */
export function refuseReserved(fallback: FallbackIndex, name: string): void {
  if (fallback.state === 'foreign') {
    throw new CodedError(
      'fallback-index-invalid',
      `${name} is ${fallback.found}, not a list of referrers, and is left as it is`,
      {
        hint: 'Something else was pushed under the tag that the distribution-spec reserves for the list of referrers. Remove that tag.',
      },
    );
  }
  if (fallback.state === 'alias') {
    throw new CodedError(
      'fallback-index-invalid',
      `${name} resolves to the image itself: this registry can keep no list of referrers`,
      {
        hint: 'GitLab resolves sha256-<hex> tags to the digest of that name. Writing there would replace the image by a list.',
      },
    );
  }
}

/** `bytes`: of the list as it would be, where it is known; the registry's own limit may be lower than the spec's. */
export function fallbackTooLarge(name: string, bytes: number, cause?: unknown): CodedError {
  return new CodedError(
    'fallback-index-too-large',
    cause === undefined
      ? `the list of referrers ${name} would be ${bytes} bytes, more than registries take (${MAX_MANIFEST_BYTES})`
      : `the list of referrers ${name} would be ${bytes} bytes, which the registry does not take`,
    {
      cause,
      hint: 'Delete referrers that are no longer needed, or move to a registry with the referrers API, which pages.',
    },
  );
}

/** The list was written, and what it holds now is not known or not as it should be. `last`: the last reading of it. */
export function fallbackUnconfirmed(
  name: string,
  why: string,
  state: { readonly wanted: readonly Digest[]; readonly last: FallbackIndex | undefined },
  cause?: unknown,
): CodedError {
  return new CodedError(
    'fallback-update-unconfirmed',
    `the list of referrers ${name} could not be confirmed: ${why}. ${describeLast(state.wanted, state.last)}`,
    { cause, hint: 'Run the same command again: it does only what is missing.' },
  );
}

function describeLast(wanted: readonly Digest[], last: FallbackIndex | undefined): string {
  if (last === undefined) return `Whether it lists ${wanted.join(', ')} is not known`;
  const listed = new Set(last.state === 'list' ? last.index.manifests.map(({ digest }) => digest) : []);
  const there = wanted.filter((digest) => listed.has(digest));
  const absent = wanted.filter((digest) => !listed.has(digest));
  const parts = [
    ...(there.length > 0 ? [`listed ${there.join(', ')}`] : []),
    ...(absent.length > 0 ? [`did not list ${absent.join(', ')}`] : []),
  ];
  return `When it was last read it ${parts.length > 0 ? parts.join(' and ') : 'was not as it should be'}`;
}

/** A 412 although no condition was sent, or although nothing had changed. */
export function conditionRefused(name: string, cause: CodedError): CodedError {
  return new CodedError('tag-immutable', `${name} cannot be changed: ${cause.message}`, {
    cause,
    hint: 'The registry answers 412 to a plain update of the tag, as Harbor does for immutable tags. Exclude tags that match sha256-* from the immutability rule.',
  });
}

/**
 * Entries of a list that name no digest known here; undefined: there is none. They are left: what one names may be of
 * an algorithm that its writer knows.
 */
export function namelessEntries(name: string, fallback: FallbackIndex): CodedError | undefined {
  const suspects = fallback.state === 'list' ? fallback.index.suspects : [];
  const [first, ...more] = suspects.filter(({ digest }) => digest === undefined);
  if (first === undefined) return undefined;
  const which = more.length === 0 ? `an entry of ${name} names` : `${more.length + 1} entries of ${name} name`;
  return new CodedError(
    'referrers-invalid',
    `${which} no manifest, and repair leaves that as it is: ${first.problem}`,
    { hint: 'Whoever wrote the list left an entry in it that is no descriptor: write the list again without it.' },
  );
}

/** Failures of the way, not of the content. */
export function mayPass(error: CodedError): boolean {
  return hasCode(
    error,
    'network-unreachable',
    'network-timeout',
    'response-truncated',
    'response-invalid',
    'server-error',
    'rate-limited',
  );
}
