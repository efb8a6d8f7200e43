import { CodedError } from '../../errors/coded-error.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, digestOf, verifyBytes } from '../../oci/digest.ts';
import { parseManifest } from '../../oci/manifest.ts';
import type {
  BlobSource,
  FetchedManifest,
  ListReferrersOptions,
  ManifestTarget,
  PushBlobOptions,
  PushManifestRequest,
  PushManifestResult,
  ReadOptions,
  ReferrersAnswer,
  Store,
  TagList,
} from '../store.ts';
import { verifiedChunks } from '../verified-chunks.ts';
import type { Layout } from './layout.ts';
import { addToReferrersTag, removeFromReferrersTag } from './layout-referrers-tag.ts';

export interface LayoutStoreOptions {
  /** Keep the referrers tag of each subject besides the entries of index.json. */
  readonly fallbackTag: boolean;
}

/**
 * An OCI image layout as a Store. A layout has no referrers API, but it can be scanned whole, so that `listReferrers`
 * is always supported and a push with a subject always answers `ociSubject`.
 */
export class LayoutStore implements Store {
  readonly kind = 'layout';
  readonly name: string;
  readonly #layout: Layout;
  readonly #options: LayoutStoreOptions;

  constructor(layout: Layout, options: LayoutStoreOptions) {
    this.name = layout.backend.name;
    this.#layout = layout;
    this.#options = options;
  }

  async findManifest(target: ManifestTarget, options?: ReadOptions): Promise<FetchedManifest | undefined> {
    options?.signal?.throwIfAborted();
    const descriptor =
      typeof target === 'string' ? await this.#layout.resolveDigest(target) : await this.#layout.resolveTag(target.tag);
    const manifest = descriptor === undefined ? undefined : await this.#layout.readManifest(descriptor);
    return manifest === undefined ? undefined : { manifest, etag: etagOf(manifest.digest) };
  }

  async pushManifest(request: PushManifestRequest): Promise<PushManifestResult> {
    const { bytes, mediaType, target } = request;
    request.signal?.throwIfAborted();
    const what = `manifest for ${this.name}`;
    const digest = typeof target === 'string' ? target : digestOf(bytes);
    verifyBytes(bytes, digest, undefined, what);
    const manifest = parseManifest(bytes, { what, mediaType, digest });
    const stored = await this.#layout.putManifest({
      manifest,
      tags: typeof target === 'string' ? [] : [target.tag],
      condition: conditionOf(request),
    });
    if (!stored) throw preconditionFailed(this.name, target);
    if (manifest.subject === undefined) return { digest: manifest.digest };
    if (this.#options.fallbackTag) await addToReferrersTag(this.#layout, manifest, manifest.subject.digest);
    return { digest: manifest.digest, ociSubject: manifest.subject.digest };
  }

  /** Removes the entries of index.json and the manifest's blob; blobs that it names stay. */
  async deleteManifest(digest: Digest): Promise<boolean> {
    const descriptor = await this.#layout.resolveDigest(digest);
    if (descriptor === undefined) return false;
    const manifest = this.#options.fallbackTag ? await this.#layout.readManifest(descriptor) : undefined;
    if (manifest?.subject !== undefined) {
      await removeFromReferrersTag(this.#layout, digest, manifest.subject.digest);
    }
    return this.#layout.removeManifest(digest);
  }

  async pushBlob(blob: BlobSource, options: PushBlobOptions = {}): Promise<{ readonly written: boolean }> {
    const { proceed, onProgress, signal } = options;
    const { backend } = this.#layout;
    await proceed;
    signal?.throwIfAborted();
    if ((await backend.blobSize(blob.digest)) !== undefined) return { written: false };
    const upload = await backend.startUpload(algorithmOf(blob.digest) === 'sha512' ? 'sha512' : 'sha256');
    try {
      await upload.append(reported(blob.open(), onProgress, signal));
      if (upload.size !== blob.size) {
        throw new CodedError('digest-mismatch', `blob ${blob.digest}: expected ${blob.size} bytes, got ${upload.size}`);
      }
      return await upload.commit(blob.digest);
    } catch (error) {
      await upload.discard();
      throw error;
    }
  }

  async *openBlob(descriptor: Descriptor, options?: ReadOptions): AsyncIterable<Uint8Array> {
    options?.signal?.throwIfAborted();
    const chunks = this.#layout.backend.openBlob(descriptor.digest);
    yield* verifiedChunks(chunks, descriptor, `blob ${descriptor.digest} of ${this.name}`);
  }

  async listReferrers(subject: Digest, options?: ListReferrersOptions): Promise<ReferrersAnswer> {
    options?.signal?.throwIfAborted();
    const all = await this.#layout.listReferrers(subject);
    const type = options?.artifactType;
    const descriptors = type === undefined ? all : all.filter(({ artifactType }) => artifactType === type);
    return { supported: true, descriptors, filtered: type !== undefined, pages: 1 };
  }

  async listTags(options: ReadOptions & { readonly maxPages: number }): Promise<TagList> {
    options.signal?.throwIfAborted();
    return { tags: new Set(await this.#layout.tags()), complete: true };
  }
}

function etagOf(digest: Digest): string {
  return `"${digest}"`;
}

function conditionOf({
  precondition,
}: PushManifestRequest): ((current: Descriptor | undefined) => boolean) | undefined {
  if (precondition === undefined) return undefined;
  if (precondition === 'none') return (current) => current === undefined;
  return (current) => current !== undefined && etagOf(current.digest) === precondition.match;
}

function preconditionFailed(name: string, target: ManifestTarget): CodedError {
  const what = typeof target === 'string' ? target : target.tag;
  return new CodedError('precondition-failed', `${name}: ${what} does not hold what was expected; nothing was written`);
}

async function* reported(
  chunks: AsyncIterable<Uint8Array>,
  onProgress: ((sent: number) => void) | undefined,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  let sent = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    yield chunk;
    sent += chunk.byteLength;
    onProgress?.(sent);
  }
}
