import type { CodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import type { Digest } from '../../oci/digest.ts';

/**
 * - `attached`: pushed, and read back from the registry's list.
 * - `unchanged`: an equal artifact was there and listed; nothing was written.
 * - `replaced`: attached, and the older ones named in `replaces` are gone from the list.
 * - `planned`: dry run.
 * - `failed`: `error` says why, and what is on the registry nevertheless.
 */
export type AttachStatus = 'attached' | 'unchanged' | 'replaced' | 'planned' | 'failed';

/** How the artifact is found by others: the referrers API, or the fallback tag. */
export type AttachedVia = 'api' | 'tag-schema';

/** A row per subject x platform x artifact. */
export interface AttachedRow {
  /** `ghcr.io/acme/app` or `oci-layout:DIR`. */
  readonly repository: string;
  /** The digest that the artifact refers to; undefined when the image could not be resolved. */
  readonly subject: Digest | undefined;
  /** `linux/amd64`; undefined for the index, or an image without platform. */
  readonly platform: string | undefined;
  /** Of the artifact's manifest; of a failed row where it is on the registry all the same, as far as could be seen. */
  readonly digest: Digest | undefined;
  readonly artifactType: string | undefined;
  /** Bytes of the artifact's manifest and layers together. */
  readonly size: number;
  /** File titles, in layer order. */
  readonly titles: readonly string[];
  readonly status: AttachStatus;
  readonly via: AttachedVia | undefined;
  /** Digests that `if-exists: replace` removed, or in a dry run would remove. */
  readonly replaces: readonly Digest[];
  readonly error: CodedError | undefined;
  /** Of what `sign` adds: the predicate type of the statement that the bundle holds. */
  readonly predicateType?: string | undefined;
}

export interface AttachResult {
  readonly rows: readonly AttachedRow[];
  /** The digest of each image in the order given: of the index, or of the single manifest. */
  readonly subjectDigests: readonly Digest[];
  readonly warnings: readonly Warning[];
  /** Reads that only make sure, apart from the work: look-up, read-back, settle. */
  readonly dryRun: boolean;
  /** JSON of each bundle that was signed in this run, whatever became of its attaching; none without `sign`. */
  readonly bundles?: readonly Uint8Array[] | undefined;
}
