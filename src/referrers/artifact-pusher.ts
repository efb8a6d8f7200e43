import { CodedError, hasCode, toCodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { OCI_MANIFEST } from '../oci/media-types.ts';
import { buildUniqueTag } from '../oci/referrers-tag.ts';
import type { PushManifestResult } from '../store/store.ts';
import type { Artifact, BoundArtifact } from './artifact.ts';
import type { Plan } from './attach-outcome.ts';
import type { AttachSettings } from './attach-types.ts';
import { BlobPusher } from './blob-pusher.ts';
import type { PushedArtifact } from './pushed-artifact.ts';

/** What the pushes to one subject share. */
export interface PushWay {
  readonly subject: Digest;
  /** Lists are kept by tag: known before anything is pushed. */
  readonly byTag: boolean;
  /** Called once for each push, when its blobs are there and its manifest may go out, or it has failed. */
  readonly onUploaded: () => void;
}

/** So much is sent before it is known that an earlier run has sent it; from there on it pays to wait for that. */
const MAX_HASTY_BYTES = 1024 * 1024;

/** Pushes the artifacts of one run: blobs, then the manifest. */
export class ArtifactPusher {
  readonly #settings: AttachSettings;
  readonly #blobs: BlobPusher;
  readonly #standing = new Map<Digest, Promise<boolean>>();

  constructor(settings: AttachSettings) {
    this.#settings = settings;
    this.#blobs = new BlobPusher(settings);
  }

  /** Begins the upload sessions of what is going to be pushed, unless its subject cannot be had: they are cancelled then. */
  prepare(artifacts: readonly Artifact[]): void {
    for (const artifact of artifacts) this.#blobs.prepare(artifact);
  }

  async push({ bound, mayStand }: Plan, { subject, byTag, onUploaded }: PushWay): Promise<PushedArtifact> {
    const stands = await this.#upload(bound, mayStand).finally(onUploaded);
    if (stands) return { bound, ociSubject: undefined, wasRead: true };
    const { uniqueTags, distributionSpec } = this.#settings;
    const uniqueTag = uniqueTags === true ? { tag: buildUniqueTag(subject, bound.digest) } : undefined;
    const proved = this.#blobs.prove(bound.artifact); // beside the manifest: it takes no round of its own
    proved.catch(() => undefined); // awaited below, unless the manifest is refused
    const first = await this.#putWithBlobs(bound, byTag ? uniqueTag : undefined);
    // whether lists are kept by tag may be known only now
    const mayBeByTag = !byTag && first.ociSubject !== subject && distributionSpec !== 'v1.1-referrers-api';
    if (uniqueTag !== undefined && mayBeByTag) await this.#putManifest(bound, uniqueTag);
    await proved.catch((thrown: unknown) => Promise.reject(withoutBlob(bound, toCodedError(thrown))));
    return { bound, ociSubject: first.ociSubject };
  }

  /** Waits for every upload that was begun. */
  end(): Promise<void> {
    return this.#blobs.end();
  }

  /** True: the manifest stands already, and with it its blobs. */
  async #upload(bound: BoundArtifact, mayStand: boolean): Promise<boolean> {
    if (mayStand && sizeOf(bound.artifact) > MAX_HASTY_BYTES && (await this.#stands(bound))) return true;
    const uploaded = this.#blobs.push(bound.artifact);
    uploaded.catch(() => undefined); // awaited below, unless it is not needed
    if (mayStand && (await this.#stands(bound))) return true;
    await uploaded;
    return false;
  }

  /** From an earlier run, which ended before the list was written. */
  #stands({ digest }: BoundArtifact): Promise<boolean> {
    const { store, signal } = this.#settings;
    let stands = this.#standing.get(digest);
    if (stands === undefined) {
      stands = store.findManifest(digest, { purpose: 'look-up', signal }).then((found) => found !== undefined);
      this.#standing.set(digest, stands);
    }
    return stands;
  }

  /** A registry that misses a blob which it said that it holds gets it. */
  async #putWithBlobs(bound: BoundArtifact, tag: { readonly tag: string } | undefined): Promise<PushManifestResult> {
    try {
      return await this.#putManifest(bound, tag);
    } catch (thrown) {
      if (!hasCode(thrown, 'manifest-blob-unknown') || !(await this.#blobs.pushPlainly(bound.artifact))) throw thrown;
      return this.#putManifest(bound, tag);
    }
  }

  #putManifest(
    { bytes, digest }: BoundArtifact,
    tag: { readonly tag: string } | undefined,
  ): Promise<PushManifestResult> {
    const { store, signal } = this.#settings;
    return store.pushManifest({ bytes, mediaType: OCI_MANIFEST, target: tag ?? digest, signal });
  }
}

/** The manifest was taken although what it names cannot be read: that must not be left unsaid. */
function withoutBlob({ digest }: BoundArtifact, cause: CodedError): CodedError {
  const said = `${cause.message}. The registry took the manifest ${digest} all the same`;
  return new CodedError(cause.code, said, { cause, hint: cause.hint });
}

function sizeOf({ layers }: Artifact): number {
  return layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
}
