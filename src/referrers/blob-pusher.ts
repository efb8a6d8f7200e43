import { CodedError } from '../errors/coded-error.ts';
import { EMPTY_BLOB, EMPTY_DIGEST } from '../oci/artifact-manifest.ts';
import type { Digest } from '../oci/digest.ts';
import { ANNOTATION_TITLE } from '../oci/media-types.ts';
import type { BlobSource, Store } from '../store/store.ts';
import { type Artifact, blobOf } from './artifact.ts';
import type { AttachSettings } from './attach-types.ts';

/** A blob of the run: its upload, and what lets the bytes of a prepared one go out. */
interface Upload {
  readonly pushed: Promise<unknown>;
  readonly release?: (() => void) | undefined;
  readonly cancel?: ((reason: CodedError) => void) | undefined;
}

/** Pushes each blob of a run once, however many artifacts share it. */
export class BlobPusher {
  readonly #store: Store;
  readonly #settings: AttachSettings;
  readonly #uploads = new Map<Digest, Upload>();
  /** A blob of an earlier, half-done run may well be there: asking costs no request. */
  readonly #likelyPresent: boolean;

  constructor(settings: AttachSettings) {
    this.#store = settings.store;
    this.#settings = settings;
    this.#likelyPresent = (settings.ifExists ?? 'skip') !== 'add';
  }

  /** Begins the upload sessions of what is likely to be pushed. No byte goes out before `push` says that it is. */
  prepare(artifact: Artifact): void {
    for (const [blob, title] of blobsOf(artifact)) {
      if (this.#uploads.has(blob.digest)) continue;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#begin(blob, title, { proceed: promise, release: resolve, cancel: reject });
    }
  }

  /** Resolves when the registry holds every blob of the artifact, its empty config included. */
  async push(artifact: Artifact): Promise<void> {
    const uploads = blobsOf(artifact).map(
      ([blob, title]) => this.#uploads.get(blob.digest) ?? this.#begin(blob, title, {}),
    );
    for (const { release } of uploads) release?.();
    await Promise.all(uploads.map(({ pushed }) => pushed));
  }

  /** The end of the run: cancels what was prepared and never pushed, and waits for every upload, whatever comes of it. */
  async end(): Promise<void> {
    const uploads = [...this.#uploads.values()];
    for (const { cancel } of uploads) cancel?.(new CodedError('aborted', 'the prepared upload is not needed'));
    await Promise.allSettled(uploads.map(({ pushed }) => pushed));
  }

  #begin(
    blob: BlobSource,
    title: string | undefined,
    { proceed, ...gate }: Omit<Upload, 'pushed'> & { readonly proceed?: Promise<void> },
  ): Upload {
    const { signal, onProgress } = this.#settings;
    const pushed = this.#store.pushBlob(blob, {
      ...(proceed !== undefined && { proceed }),
      likelyPresent: this.#likelyPresent || blob.digest === EMPTY_DIGEST,
      signal,
      onProgress: title === undefined ? undefined : (sent) => onProgress?.({ title, sent, total: blob.size }),
    });
    pushed.catch(() => undefined); // every artifact that needs it awaits it, perhaps later
    const upload = { pushed, ...gate };
    this.#uploads.set(blob.digest, upload);
    return upload;
  }
}

/** The layers, each with the name that people know it by, and the empty config. */
function blobsOf(artifact: Artifact): readonly (readonly [BlobSource, title: string | undefined])[] {
  const layers = artifact.layers.map(
    (layer) => [blobOf(layer), layer.descriptor.annotations?.[ANNOTATION_TITLE] ?? layer.descriptor.digest] as const,
  );
  return [...layers, [EMPTY, undefined]];
}

const EMPTY: BlobSource = {
  digest: EMPTY_DIGEST,
  size: EMPTY_BLOB.byteLength,
  open: async function* () {
    yield EMPTY_BLOB;
  },
};
