import type { CodedError } from '../errors/coded-error.ts';

/** What the product asks of GitHub's REST API. Made by createGithubClient; loaded only where it is used. */
export interface GithubClient {
  /**
   * Sigstore bundles for one digest (`GET /repos/{owner}/{repo}/attestations/{digest}`), all pages; a null `bundle` is
   * fetched from `bundle_url` (snappy). What is named and could not be had (a bundle, a later page) is an entry with an
   * `error`, so that it hides nothing else. Throws `github-api-failed` where nothing can be said: a 404 without a readable
   * repository is no "none". Throws `input-invalid` where `repository` is not `owner/name`.
   */
  listAttestations(repository: string, digest: string): Promise<readonly GithubAttestation[]>;
  /**
   * A file at a ref, at most 1 MiB; undefined: the ref is there, the file is not. A ref is resolved once, so that all files
   * of one client come from one commit. Throws `github-api-failed`, and `input-invalid` for a path that leads elsewhere.
   */
  readFile(repository: string, ref: string, path: string): Promise<Uint8Array | undefined>;
  /**
   * Every version of a container package (`GET /{orgs|users}/{owner}/packages/container/{name}/versions`), all pages:
   * every manifest that ghcr.io holds. Throws `github-api-failed`, also where any page cannot be had: a part would look
   * like the whole.
   */
  listPackageVersions(owner: string, name: string): Promise<readonly PackageVersion[]>;
  /** Makes the comment, or updates the one that bears the same hidden key. Throws `github-api-failed`, `github-forbidden`. */
  upsertComment(request: CommentRequest): Promise<{ readonly url: string; readonly updated: boolean }>;
  /** Throws `github-api-failed`, `github-forbidden`. */
  createCheckRun(request: CheckRunRequest): Promise<{ readonly url: string }>;
}

/** `origin` is for people: the repository and the number in its answer. */
export type GithubAttestation =
  /** JSON text of the bundle. */
  | { readonly bytes: Uint8Array; readonly origin: string; readonly error?: undefined }
  /** It is there, or may be, and its bytes could not be had. */
  | { readonly bytes?: undefined; readonly origin: string; readonly error: CodedError };

/** A manifest as the Packages API names it. */
export interface PackageVersion {
  /** A digest, as GitHub writes it: not checked. */
  readonly digest: string;
  /** None: it has no tag. */
  readonly tags: readonly string[];
}

export interface CommentRequest {
  readonly repository: string;
  /** Number of the pull request. */
  readonly issue: number;
  /** Identifies our comment among others. */
  readonly key: string;
  readonly body: string;
}

export interface CheckRunRequest {
  readonly repository: string;
  readonly headSha: string;
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
}
