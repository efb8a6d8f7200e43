import { CodedError } from '../errors/coded-error.ts';
import { type Digest, parseDigest } from './digest.ts';

/** A repository in a registry, and what in it is meant. At least one of tag and digest is set by parseReference. */
export interface RegistryReference {
  readonly kind: 'registry';
  /** host[:port] as the user says it: `ghcr.io`, `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** distribution-spec `<name>`, e.g. `acme/app`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** An OCI image layout directory, and what in it is meant. */
export interface LayoutReference {
  readonly kind: 'layout';
  readonly directory: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

export type Reference = RegistryReference | LayoutReference;

/** A reference, and what was forgiven on the way. */
export interface ParsedReference {
  readonly reference: Reference;
  /** Set when upper-case letters of the name were lowered: the name as given. */
  readonly loweredFrom?: string;
}

// distribution-spec 1.1 "Pulling manifests"
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?$/;
// a digest that is wrong must not pass for a folder with a tag: `@` at the end, sha..., or anything as long as one
const DIGEST_LIKE = /^$|^sha\d*:|^[a-z0-9+._-]+:[A-Za-z0-9=_-]{32,}$/i;
const MAX_NAME_LENGTH = 255;

export const LAYOUT_PREFIX = 'oci-layout:';

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * Text -> reference: `[oci://]host/name[:tag][@digest]` or `oci-layout:DIR[:tag][@digest]`. A name without a host is
 * Docker Hub's, as docker reads it; without tag and digest the tag is `latest`, unless `defaultTag` says null.
 * Throws `reference-invalid` or `digest-invalid`.
 */
export function parseReference(text: string, options: { readonly defaultTag?: string | null } = {}): ParsedReference {
  const trimmed = text.trim();
  if (trimmed === '') throw invalid(text, 'it is empty');
  if (trimmed.startsWith(LAYOUT_PREFIX)) return { reference: parseLayoutReference(trimmed, text) };
  return parseRegistryReference(trimmed.replace(/^(?:oci|docker):\/\//, ''), text, options.defaultTag);
}

function parseRegistryReference(rest: string, text: string, defaultTag: string | null = 'latest'): ParsedReference {
  if (/^https?:\/\//.test(rest))
    throw invalid(text, 'it begins with a URL scheme', 'Write host/name:tag without https://.');
  const { head, digest } = splitDigest(rest, text);
  const { registry, remainder } = splitHost(head);
  if (!isRegistryHost(registry)) throw invalid(text, `${JSON.stringify(registry)} is not a registry host`);
  const colon = remainder.lastIndexOf(':');
  const name = colon < 0 ? remainder : remainder.slice(0, colon);
  const tag = colon < 0 ? undefined : remainder.slice(colon + 1);
  if (tag !== undefined && !isTag(tag)) {
    throw invalid(
      text,
      `${JSON.stringify(tag)} is not a tag`,
      'A tag is 1 to 128 of letters, digits, _ . - and does not begin with . or -.',
    );
  }
  const repository = name.toLowerCase();
  if (!NAME.test(repository)) throw invalid(text, `${JSON.stringify(name)} is not a repository name`);
  if (registry.length + 1 + repository.length > MAX_NAME_LENGTH)
    throw invalid(text, `its name is longer than ${MAX_NAME_LENGTH}`);
  const effectiveTag = tag ?? (digest === undefined && defaultTag !== null ? defaultTag : undefined);
  return {
    reference: {
      kind: 'registry',
      registry: registry.toLowerCase(),
      repository: isHub(registry) && !repository.includes('/') ? `library/${repository}` : repository,
      ...(effectiveTag !== undefined && { tag: effectiveTag }),
      ...(digest !== undefined && { digest }),
    },
    ...(repository !== name && { loweredFrom: name }),
  };
}

function parseLayoutReference(trimmed: string, text: string): LayoutReference {
  const { head, digest } = splitLayoutDigest(trimmed.slice(LAYOUT_PREFIX.length), text);
  // what follows a drive letter is no tag, since a tag has no slash: C:\images, C:/images
  const colon = head.lastIndexOf(':');
  const tail = head.slice(colon + 1);
  const hasTag = colon > 0 && isTag(tail);
  const directory = hasTag ? head.slice(0, colon) : head;
  if (directory === '')
    throw invalid(text, 'it names no directory', 'Write oci-layout:DIR, oci-layout:DIR:TAG or oci-layout:DIR@DIGEST.');
  return { kind: 'layout', directory, ...(hasTag && { tag: tail }), ...(digest !== undefined && { digest }) };
}

/** A folder may have an @ in its name; what follows the last one is a digest if it has the form of one. */
function splitLayoutDigest(rest: string, text: string): { head: string; digest: Digest | undefined } {
  const at = rest.lastIndexOf('@');
  return at >= 0 && DIGEST_LIKE.test(rest.slice(at + 1)) ? splitAt(rest, at, text) : { head: rest, digest: undefined };
}

function splitDigest(rest: string, text: string): { head: string; digest: Digest | undefined } {
  const at = rest.indexOf('@');
  return at < 0 ? { head: rest, digest: undefined } : splitAt(rest, at, text);
}

function splitAt(rest: string, at: number, text: string): { head: string; digest: Digest } {
  const written = rest.slice(at + 1);
  if (written === '') throw noDigest(text);
  return { head: rest.slice(0, at), digest: parseDigest(written, `the digest of image ${JSON.stringify(text)}`) };
}

/** What is left of `app@${{ steps.build.outputs.digest }}` where no step has that id, or it pushed nothing. */
function noDigest(text: string): CodedError {
  return new CodedError('digest-invalid', `image ${JSON.stringify(text)}: nothing stands after the @`, {
    hint: 'If a digest is filled in there, as by steps.build.outputs.digest: is that the id of the step, in this job, and did the step push?',
  });
}

function splitHost(head: string): { registry: string; remainder: string } {
  const slash = head.indexOf('/');
  const first = slash < 0 ? '' : head.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first.toLowerCase() === 'localhost';
  return isHost ? { registry: first, remainder: head.slice(slash + 1) } : { registry: 'docker.io', remainder: head };
}

/** The pattern, and what a URL can hold: a port up to 65535, an address that is one. */
function isRegistryHost(text: string): boolean {
  return HOST.test(text) && URL.canParse(`https://${text}`);
}

function isHub(registry: string): boolean {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(registry.toLowerCase());
}

function invalid(text: string, why: string, hint?: string): CodedError {
  return new CodedError('reference-invalid', `image ${JSON.stringify(text)}: ${why}`, {
    hint: hint ?? 'Expected host/name:tag, host/name@sha256:..., or oci-layout:DIR[:tag|@digest].',
  });
}

/** The repository part: `ghcr.io/acme/app` or `oci-layout:DIR`. */
export function formatRepository(reference: Reference): string {
  return reference.kind === 'registry'
    ? `${reference.registry}/${reference.repository}`
    : `${LAYOUT_PREFIX}${reference.directory}`;
}

export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${formatRepository(reference)}${tag}${digest}`;
}
