import { CodedError } from '../../errors/coded-error.ts';
import { type Digest, verifyBytes } from '../../oci/digest.ts';
import type { BlobRange, BlobUpload, LayoutBackend } from './layout-backend.ts';
import { EMPTY_LAYOUT_INDEX, type LayoutIndex } from './layout-index.ts';

/** A layout in memory, for tests and for a registry without a root directory. */
export class MemoryBackend implements LayoutBackend {
  readonly name = 'memory';
  #index: LayoutIndex = EMPTY_LAYOUT_INDEX;
  readonly #blobs = new Map<Digest, Uint8Array>();

  async readIndex(): Promise<LayoutIndex> {
    return this.#index;
  }

  async updateIndex(edit: (index: LayoutIndex) => LayoutIndex): Promise<void> {
    this.#index = edit(this.#index);
  }

  async blobSize(digest: Digest): Promise<number | undefined> {
    return this.#blobs.get(digest)?.byteLength;
  }

  async *openBlob(digest: Digest, range?: BlobRange): AsyncIterable<Uint8Array> {
    const bytes = this.#blobs.get(digest);
    if (bytes === undefined) throw new CodedError('blob-unknown', `memory: there is no blob ${digest}`);
    yield range === undefined ? bytes : bytes.subarray(range.start, range.end);
  }

  async startUpload(): Promise<BlobUpload> {
    return new MemoryUpload(this.#blobs);
  }

  async removeBlob(digest: Digest): Promise<boolean> {
    return this.#blobs.delete(digest);
  }
}

class MemoryUpload implements BlobUpload {
  readonly #blobs: Map<Digest, Uint8Array>;
  #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(blobs: Map<Digest, Uint8Array>) {
    this.#blobs = blobs;
  }

  get size(): number {
    return this.#size;
  }

  async append(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      this.#chunks.push(chunk);
      this.#size += chunk.byteLength;
    }
  }

  async commit(digest: Digest): Promise<{ readonly written: boolean }> {
    const bytes = Buffer.concat(this.#chunks);
    verifyBytes(bytes, digest, undefined, 'upload');
    const written = !this.#blobs.has(digest);
    if (written) this.#blobs.set(digest, bytes);
    await this.discard();
    return { written };
  }

  async discard(): Promise<void> {
    this.#chunks = [];
    this.#size = 0;
  }
}
