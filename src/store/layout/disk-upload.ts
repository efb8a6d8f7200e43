import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { algorithmOf, type Digest, type DigestAlgorithm, hasherFor } from '../../oci/digest.ts';
import { isFileError } from './file-errors.ts';
import type { BlobUpload } from './layout-backend.ts';
import { whileBusy } from './while-busy.ts';

/** Uploads lie beside the blobs, on the same file system, so that a rename is enough to finish one. */
const UPLOADS = '.uploads';

export async function startDiskUpload(
  directory: string,
  algorithm: DigestAlgorithm,
  blobPath: (digest: Digest) => string,
): Promise<BlobUpload> {
  const folder = join(directory, UPLOADS);
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomUUID());
  return new DiskUpload(path, await open(path, 'wx'), algorithm, blobPath);
}

class DiskUpload implements BlobUpload {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #algorithm: DigestAlgorithm;
  readonly #hash: Hash;
  readonly #blobPath: (digest: Digest) => string;
  #size = 0;
  #closed = false;

  constructor(path: string, file: FileHandle, algorithm: DigestAlgorithm, blobPath: (digest: Digest) => string) {
    this.#path = path;
    this.#file = file;
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
    this.#blobPath = blobPath;
  }

  get size(): number {
    return this.#size;
  }

  async append(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      await writeWhole(this.#file, chunk);
      this.#hash.update(chunk);
      this.#size += chunk.byteLength;
    }
  }

  async commit(digest: Digest): Promise<{ readonly written: boolean }> {
    const got = await this.#encodedUnder(digest);
    if (`${algorithmOf(digest)}:${got}` !== digest) {
      throw new CodedError('digest-mismatch', `upload: expected ${digest}, but the ${this.#size} bytes hash to ${got}`);
    }
    const path = this.#blobPath(digest);
    const written = !(await isFile(path)) && (await this.#moveTo(path));
    if (!written) await this.discard();
    return { written };
  }

  /** False: the same bytes are there by now, and Windows does not replace what somebody reads. */
  async #moveTo(path: string): Promise<boolean> {
    await this.#close();
    await mkdir(dirname(path), { recursive: true });
    try {
      await whileBusy(() => rename(this.#path, path));
      return true;
    } catch (error) {
      if (await isFile(path)) return false;
      throw error;
    }
  }

  async discard(): Promise<void> {
    await this.#close();
    await rm(this.#path, { force: true });
  }

  async #encodedUnder(digest: Digest): Promise<string> {
    // a copy: after a mismatch more may be appended
    if (algorithmOf(digest) === this.#algorithm) return this.#hash.copy().digest('hex');
    const hash = hasherFor(digest);
    for await (const chunk of createReadStream(this.#path)) hash.update(chunk as Uint8Array);
    return hash.digest('hex');
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#file.close();
  }
}

async function writeWhole(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let from = 0;
  while (from < chunk.byteLength) from += (await file.write(chunk, from)).bytesWritten;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isFileError(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
