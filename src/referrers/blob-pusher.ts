import { EMPTY_BLOB, EMPTY_DIGEST } from '../oci/artifact-manifest.ts';
import type { Digest } from '../oci/digest.ts';
import { ANNOTATION_TITLE } from '../oci/media-types.ts';
import type { BlobSource, Store } from '../store/store.ts';
import { type Artifact, blobOf } from './artifact.ts';
import type { AttachSettings } from './attach-types.ts';

/** Pushes each blob of a run once, however many artifacts share it. */
export class BlobPusher {
  readonly #store: Store;
  readonly #settings: AttachSettings;
  readonly #pushed = new Map<Digest, Promise<unknown>>();
  /** A blob of an earlier, half-done run may well be there: asking costs no request. */
  readonly #likelyPresent: boolean;

  constructor(settings: AttachSettings) {
    this.#store = settings.store;
    this.#settings = settings;
    this.#likelyPresent = (settings.ifExists ?? 'skip') !== 'add';
  }

  /** Resolves when the registry holds every blob of the artifact, its empty config included. */
  async push(artifact: Artifact, proceed?: Promise<unknown>): Promise<void> {
    const layers = artifact.layers.map((layer) =>
      this.#pushOnce(
        blobOf(layer),
        layer.descriptor.annotations?.[ANNOTATION_TITLE] ?? layer.descriptor.digest,
        proceed,
      ),
    );
    await Promise.all([...layers, this.#pushOnce(EMPTY, undefined, proceed)]);
  }

  /** Waits for every upload that was begun, whatever came of it: cancelled sessions are cancelled then. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pushed.values());
  }

  #pushOnce(blob: BlobSource, title: string | undefined, proceed: Promise<unknown> | undefined): Promise<unknown> {
    const known = this.#pushed.get(blob.digest);
    if (known !== undefined) return known;
    const { signal, onProgress } = this.#settings;
    const pushed = this.#store.pushBlob(blob, {
      ...(proceed !== undefined && { proceed }),
      likelyPresent: this.#likelyPresent || blob.digest === EMPTY_DIGEST,
      signal,
      onProgress: title === undefined ? undefined : (sent) => onProgress?.({ title, sent, total: blob.size }),
    });
    pushed.catch(() => undefined); // every artifact that needs it awaits it, perhaps later
    this.#pushed.set(blob.digest, pushed);
    return pushed;
  }
}

const EMPTY: BlobSource = {
  digest: EMPTY_DIGEST,
  size: EMPTY_BLOB.byteLength,
  open: async function* () {
    yield EMPTY_BLOB;
  },
};
