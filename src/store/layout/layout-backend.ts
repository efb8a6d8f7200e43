import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { LayoutIndex } from './layout-index.ts';

/** Bytes [start, end) of a blob. */
export interface BlobRange {
  readonly start: number;
  readonly end: number;
}

/** A blob on its way in. Nothing of it can be read before `commit`. */
export interface BlobUpload {
  /** Bytes so far. */
  readonly size: number;
  /** Adds what `chunks` brings; if it breaks off, what came before stays. Calls follow one another, never overlap. */
  append(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Makes the bytes readable under `digest`, at once or not at all. Throws `digest-mismatch` and keeps the upload open. */
  commit(digest: Digest): Promise<{ readonly written: boolean }>;
  /** Forgets the bytes. */
  discard(): Promise<void>;
}

/**
 * Where an OCI image layout keeps its index and blobs: a directory, or memory. Digests are validated before they come
 * here (the type says so: only oci/digest.ts makes them), which is what keeps them safe as file names.
 */
export interface LayoutBackend {
  /** `oci-layout:DIR` or `memory`. */
  readonly name: string;
  /** Throws `layout-not-found` or `layout-invalid`. */
  readIndex(): Promise<LayoutIndex>;
  /**
   * Replaces the index by what `edit` makes of the present one; no other writer comes in between. The same object
   * back means no change. `edit` must not wait for anything.
   */
  updateIndex(edit: (index: LayoutIndex) => LayoutIndex): Promise<void>;
  /** Bytes; undefined: there is no such blob. */
  blobSize(digest: Digest): Promise<number | undefined>;
  /** The bytes as they are stored, not hashed. Throws `blob-unknown`. */
  openBlob(digest: Digest, range?: BlobRange): AsyncIterable<Uint8Array>;
  /** `algorithm`: the one that the digest will probably have; another costs a second reading at `commit`. */
  startUpload(algorithm?: DigestAlgorithm): Promise<BlobUpload>;
  /** False: it was not there. */
  removeBlob(digest: Digest): Promise<boolean>;
}
