import { CodedError } from '../errors/coded-error.ts';
import { EMPTY_BLOB, EMPTY_DIGEST } from '../oci/artifact-manifest.ts';
import type { Digest } from '../oci/digest.ts';
import { ANNOTATION_TITLE } from '../oci/media-types.ts';
import type { BlobSource, PushBlobOptions, Store } from '../store/store.ts';
import { type Artifact, blobOf } from './artifact.ts';
import type { AttachSettings } from './attach-types.ts';
import { proveBlob } from './prove-blob.ts';

/** A blob of the run, and its upload. */
interface Upload {
  readonly blob: BlobSource;
  readonly title: string | undefined;
  readonly pushed: Promise<{ readonly written: boolean }>;
  /** Lets the bytes of a prepared one go out. */
  readonly release?: (() => void) | undefined;
  /** Ends a prepared one that was not released; resolves when nothing of it is under way. */
  readonly abandon?: (() => Promise<void>) | undefined;
}

/**
 * How long the end of a run waits for the begin of an upload that is not needed, milliseconds. From then on the request
 * is cut; a session that the registry begins all the same expires there by itself.
 */
const GRACE_MS = 1000;

/** Pushes each blob of a run once, however many artifacts share it. */
export class BlobPusher {
  readonly #store: Store;
  readonly #settings: AttachSettings;
  readonly #uploads = new Map<Digest, Upload>();
  readonly #plain = new Map<Digest, Promise<unknown>>();
  readonly #proofs = new Map<Digest, Promise<void>>();
  readonly #over = new AbortController();
  /** A blob of an earlier, half-done run may well be there: asking costs no request. */
  readonly #likelyPresent: boolean;

  constructor(settings: AttachSettings) {
    this.#store = settings.store;
    this.#settings = settings;
    this.#likelyPresent = (settings.ifExists ?? 'skip') !== 'add';
  }

  /** Begins the upload sessions of what is going to be pushed. No byte goes out before `push` says that it is. */
  prepare(artifact: Artifact): void {
    for (const [blob, title] of blobsOf(artifact)) {
      if (!this.#uploads.has(blob.digest)) this.#prepareOne(blob, title);
    }
  }

  /** Resolves when the store took every blob of the artifact, its empty config included, or says that it holds it. */
  async push(artifact: Artifact): Promise<void> {
    const uploads = blobsOf(artifact).map(([blob, title]) => {
      return this.#uploads.get(blob.digest) ?? this.#keep({ blob, title, pushed: this.#send(blob, title, {}) });
    });
    for (const { release } of uploads) release?.();
    await Promise.all(uploads.map(({ pushed }) => pushed));
  }

  /** Reads what the store says that it held before; what cannot be read is sent. Throws as `proveBlob` does. */
  async prove(artifact: Artifact): Promise<void> {
    const claimed = await this.#claimed(artifact);
    await Promise.all(claimed.map((upload) => this.#proofOf(upload)));
  }

  /** Sends what was taken on the store's word. False: nothing was. */
  async pushPlainly(artifact: Artifact): Promise<boolean> {
    const claimed = await this.#claimed(artifact);
    await Promise.all(claimed.map((upload) => this.#sendPlainly(upload)));
    return claimed.length > 0;
  }

  /** The end of the run: ends what was prepared and never pushed, and waits for every upload, whatever comes of it. */
  async end(): Promise<void> {
    this.#over.abort();
    const uploads = [...this.#uploads.values()];
    await Promise.allSettled([
      ...uploads.map(({ pushed, abandon }) => abandon?.() ?? pushed),
      ...this.#plain.values(),
      ...this.#proofs.values(),
    ]);
  }

  async #claimed(artifact: Artifact): Promise<readonly Upload[]> {
    const uploads = blobsOf(artifact).flatMap(([{ digest }]) => this.#uploads.get(digest) ?? []);
    const written = await Promise.all(uploads.map(({ pushed }) => pushed));
    return uploads.filter((_, i) => written[i]?.written === false);
  }

  #proofOf(upload: Upload): Promise<void> {
    const { signal } = this.#settings;
    let proof = this.#proofs.get(upload.blob.digest);
    if (proof === undefined) {
      proof = proveBlob(this.#store, upload.blob, {
        signal: signal === undefined ? this.#over.signal : AbortSignal.any([this.#over.signal, signal]),
        clock: this.#settings.clock,
        warn: this.#settings.onWarning,
        pushPlainly: () => this.#sendPlainly(upload),
      });
      this.#proofs.set(upload.blob.digest, proof);
    }
    return proof;
  }

  #sendPlainly({ blob, title }: Upload): Promise<unknown> {
    let sent = this.#plain.get(blob.digest);
    if (sent === undefined) {
      sent = this.#send(blob, title, { mount: false });
      this.#plain.set(blob.digest, sent);
    }
    return sent;
  }

  #prepareOne(blob: BlobSource, title: string | undefined): void {
    const proceed = Promise.withResolvers<void>();
    const abandoned = new AbortController();
    const { signal } = this.#settings;
    const pushed = this.#send(blob, title, {
      proceed: proceed.promise,
      signal: signal === undefined ? abandoned.signal : AbortSignal.any([abandoned.signal, signal]),
    });
    let isReleased = false;
    const release = (): void => {
      isReleased = true;
      proceed.resolve();
    };
    const abandon = async (): Promise<void> => {
      const reason = new CodedError('aborted', 'the prepared upload is not needed');
      proceed.reject(reason); // cancels the session as soon as there is one
      const timer = isReleased ? undefined : setTimeout(() => abandoned.abort(reason), GRACE_MS);
      await Promise.allSettled([pushed]);
      clearTimeout(timer);
    };
    this.#keep({ blob, title, pushed, release, abandon });
  }

  #keep(upload: Upload): Upload {
    this.#uploads.set(upload.blob.digest, upload);
    return upload;
  }

  #send(
    blob: BlobSource,
    title: string | undefined,
    options: Pick<PushBlobOptions, 'mount' | 'proceed' | 'signal'>,
  ): Upload['pushed'] {
    const { signal, onProgress } = this.#settings;
    const pushed = this.#store.pushBlob(blob, {
      likelyPresent: this.#likelyPresent || blob.digest === EMPTY_DIGEST,
      signal,
      onProgress: title === undefined ? undefined : (sent) => onProgress?.({ title, sent, total: blob.size }),
      ...options,
    });
    pushed.catch(() => undefined); // every artifact that needs it awaits it, perhaps later
    return pushed;
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
