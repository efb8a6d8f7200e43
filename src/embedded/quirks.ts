import type { RegistryRequest, RegistryResponse } from './exchange.ts';

/** Which requests a quirk strikes, and how often. */
export interface Occasion {
  /** Default: every request that it can strike. */
  readonly match?: (request: RegistryRequest) => boolean;
  /** So many requests, then no more; default without end. Counted from the moment when this object was set. */
  readonly times?: number;
}

/** Readers see an older state: for `ms` milliseconds after each change, and for the next `reads` reads after it. */
export interface Lag {
  readonly ms?: number;
  readonly reads?: number;
}

/**
 * Other answers of the referrers endpoint than a list.
 * - `text-404`: distribution; `manifest-unknown`: ghcr.io; `name-unknown`: a repository that does not exist
 * - `html-404`: GitLab's proxies; `html-200`: a login page; `redirect`: 303 to `otherOrigin` (or a page of ours), as ghcr.io did
 * - a number: that status with an error body
 */
export type ReferrersAnswer =
  | 'text-404'
  | 'manifest-unknown'
  | 'name-unknown'
  | 'html-404'
  | 'html-200'
  | 'redirect'
  | 'unauthorized'
  | number;

/**
 * How the next page is named. `relative` is a path (default), `query-only` begins with `?`, `several` has other links
 * before it, `split` has them in headers of their own, `loop` leads to the page itself, `endless` to one empty page
 * after another, `previous-only` and `other-rel` name no next page.
 */
export type LinkStyle =
  | 'relative'
  | 'query-only'
  | 'absolute'
  | 'unquoted'
  | 'upper-case'
  | 'several'
  | 'split'
  | 'loop'
  | 'endless'
  | 'cross-origin'
  | 'http-downgrade'
  | 'previous-only'
  | 'other-rel'
  | 'missing';

/**
 * - `applied` (default); `ignored`: no filter, no header; `claimed`: the header, but no filter; `silent`: a filter, but
 *   no header; `by-listed-type`: filtered by the types that `referrersEntry` shows, not by those of the manifests
 */
export type FilterStyle = 'applied' | 'ignored' | 'claimed' | 'silent' | 'by-listed-type';

/**
 * Shapes of the Location of an upload. `path` (default), `absolute`, `with-state` (a query that must come back),
 * `path-relative` (no leading slash), `cross-origin`, `http-downgrade`, `long` (20 KiB of query).
 */
export type LocationStyle =
  | 'path'
  | 'absolute'
  | 'with-state'
  | 'path-relative'
  | 'cross-origin'
  | 'http-downgrade'
  | 'long';

/** How a 429 says when to come back. `go-duration` says it only in the message, as ghcr.io does. */
export type RetryAfterForm = 'seconds' | 'date' | 'none' | 'go-duration';

/**
 * Ways in which registries differ from the specification or from one another; absent means as the specification says.
 * Any of them may be set or cleared while the registry runs.
 */
export interface Quirks {
  /** Asked before everything else, for scripted answers; undefined lets the request through. */
  intercept?:
    | ((request: RegistryRequest) => RegistryResponse | undefined | Promise<RegistryResponse | undefined>)
    | undefined;
  /** Milliseconds that every request waits before it is looked at. */
  delayMs?: number | undefined;
  /** Where cross-origin locations and links lead: `http://127.0.0.1:6000`. Default: the registry's second origin. */
  otherOrigin?: string | undefined;

  // The referrers API
  /** False is `text-404`. Where the answer means "no such API", OCI-Subject is not sent either. */
  referrersApi?: boolean | ReferrersAnswer | undefined;
  /** Descriptors a page; default: all on one page. */
  referrersPageSize?: number | undefined;
  referrersLink?: LinkStyle | undefined;
  /** This page (1 is the first) fails with the status. */
  referrersPageFailure?: { readonly page: number; readonly status: number } | undefined;
  /** The link to the next page loses `artifactType`. */
  referrersPageDropsFilter?: boolean | undefined;
  /** Each page after the first begins with the last descriptor of the page before. */
  referrersDuplicates?: boolean | undefined;
  referrersFilter?: FilterStyle | undefined;
  /** The value of OCI-Filters-Applied where a filter is claimed, default `artifactType`. */
  referrersFilterHeader?: string | undefined;
  /** What stands in the list for a descriptor: wrong types, annotations, sizes. */
  referrersEntry?: ((descriptor: Readonly<Record<string, unknown>>) => unknown) | undefined;
  /** Entries that are listed besides the true ones: dangling ones, for example. */
  referrersExtra?: readonly unknown[] | undefined;
  /** `manifests` as null, or not there at all, or the document followed by another. */
  referrersBody?: 'manifests-null' | 'manifests-missing' | 'trailing-data' | undefined;
  referrersContentType?: string | undefined;
  /** New referrers are listed late. */
  referrersLag?: Lag | undefined;
  /** False: never sent; text: this instead of the subject's digest. */
  ociSubject?: boolean | string | undefined;
  /** `OCI-Referrers` and `OCI-Referrers-Artifact-Types` on manifest answers (distribution-spec issue 454). */
  referrersHeaders?: boolean | undefined;

  // Manifests and tags
  /** False: If-Match and If-None-Match have no effect on a PUT, as in distribution 2.8. */
  preconditions?: boolean | undefined;
  /** Changed tags are read late. */
  tagLag?: Lag | undefined;
  /** New manifests are read late by their digests: 404 until then. */
  manifestLag?: Lag | undefined;
  /** `sha256-<hex>` as a tag answers with the manifest of that digest, as GitLab does. */
  tagAliases?: boolean | undefined;
  /** A tag cannot be changed: the status with the words of a registry that does so (412 is Harbor's). */
  immutableTags?: 400 | 403 | 409 | 412 | undefined;
  /** A manifest whose type the Accept header does not name is 404 MANIFEST_UNKNOWN. */
  acceptSensitive?: boolean | undefined;
  /** Manifests and lists come with `; charset=utf-8` after their type. */
  charset?: boolean | undefined;
  /** False: no Docker-Content-Digest; text: this instead. */
  contentDigest?: boolean | string | undefined;
  /** False: any bytes are taken for a manifest of their Content-Type, for documents that no registry should hold. */
  manifestChecks?: boolean | undefined;
  /** The status of a successful manifest PUT, default 201. */
  manifestPutStatus?: 200 | 202 | undefined;
  /** False: an index whose manifests are not all there is 400 MANIFEST_BLOB_UNKNOWN, as in distribution. */
  sparseIndex?: boolean | undefined;
  /** False: config and layers need not be there either, which the specification leaves open, too. */
  blobChecks?: boolean | undefined;
  /** A subject has to be there, as in GitLab: else 400 MANIFEST_BLOB_UNKNOWN. */
  subjectMustExist?: boolean | undefined;
  /** Bytes of the greatest manifest, default 4 MiB. */
  maxManifestBytes?: number | undefined;
  /** A manifest that is too large is 400 MANIFEST_INVALID, as in distribution 2.8, in place of 413. */
  manifestTooLargeIs400?: boolean | undefined;
  /** `?tag=` is passed over. */
  tagParameters?: boolean | undefined;
  /** HEAD of manifests and blobs: 405, 404 though it is there, or without Content-Length. */
  head?: 405 | 404 | 'no-content-length' | undefined;

  // Writing at all
  readOnly?: 403 | 405 | undefined;
  /** DELETE of manifests and blobs. */
  deleteDisabled?: 400 | 405 | undefined;
  /** DELETE of a tag is 400 DIGEST_INVALID, as in distribution 2.8. */
  tagDelete?: boolean | undefined;

  // Uploads
  /** False: a POST with a digest begins a session (202), as in distribution 2.8. */
  singlePost?: boolean | undefined;
  /** `OCI-Chunk-Min-Length`; a smaller chunk can only be the last one. */
  minChunkBytes?: number | undefined;
  /** So many of the next chunks are answered 416 though they are in order. Counts down. */
  rangeErrors?: number | undefined;
  /** A PATCH takes so many bytes and cuts the connection. Strikes once, then is undefined. */
  cutChunkAfter?: number | undefined;
  /** Bytes of the greatest blob; more is 413. */
  maxBlobBytes?: number | undefined;
  uploadLocation?: LocationStyle | undefined;
  /** False: a mount always begins an upload; a number: without `from` it is refused with that status. */
  mount?: boolean | 400 | 404 | undefined;
  /** False: the algorithms besides sha256 are refused, as in distribution 2.8. */
  sha512?: boolean | undefined;

  // The wire
  /** GET of a blob leads to another origin. */
  blobRedirect?: boolean | undefined;
  rateLimit?: (Occasion & { readonly form: RetryAfterForm; readonly seconds?: number }) | undefined;
  /** Any other failure. */
  failure?: (Occasion & { readonly status: number }) | undefined;
  /** Bytes of one more response header. */
  bigHeader?: number | undefined;
  /** Texts of `Warning: 299 - "..."` headers. */
  warnings?: readonly string[] | undefined;
  /** Of manifests, lists and blobs: nothing more comes after one half, the connection is cut there, or one byte is another. */
  bodyFault?: (Occasion & { readonly kind: 'stall' | 'truncate' | 'flip' }) | undefined;
}
