/** What the product asks of GitHub's REST API. Made by createGithubClient; loaded only where it is used. */
export interface GithubClient {
  /**
   * Sigstore bundles for one digest (`GET /repos/{owner}/{repo}/attestations/{digest}`), all pages; a null `bundle` is
   * fetched from `bundle_url` (snappy). Throws `github-api-failed`: a 404 without a readable repository is no "none".
   */
  listAttestations(repository: string, digest: string): Promise<readonly GithubAttestation[]>;
  /** A file at a ref; undefined: the ref is there, the file is not. Throws `github-api-failed`. */
  readFile(repository: string, ref: string, path: string): Promise<Uint8Array | undefined>;
  /** Makes the comment, or updates the one that bears the same hidden key. Throws `github-api-failed`, `github-forbidden`. */
  upsertComment(request: CommentRequest): Promise<{ readonly url: string; readonly updated: boolean }>;
  /** Throws `github-api-failed`, `github-forbidden`. */
  createCheckRun(request: CheckRunRequest): Promise<{ readonly url: string }>;
}

export interface GithubAttestation {
  /** JSON text of the bundle. */
  readonly bytes: Uint8Array;
  /** For people: which repository and number of the answer, or the URL. */
  readonly origin: string;
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
