import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../errors/coded-error.ts';
import { algorithmOf, type Digest, type DigestAlgorithm, encodedOf, parseDigest } from '../../oci/digest.ts';
import { LAYOUT_PREFIX } from '../../oci/reference.ts';
import { startDiskUpload } from './disk-upload.ts';
import { isFileError } from './file-errors.ts';
import { acquireIndexLock, type IndexLockTimes } from './index-lock.ts';
import type { BlobRange, BlobUpload, LayoutBackend } from './layout-backend.ts';
import { formatLayoutIndex, type LayoutIndex, parseLayoutIndex } from './layout-index.ts';
import { whileBusy } from './while-busy.ts';

export const INDEX_FILE = 'index.json';
const READ_CHUNK = 256 * 1024;

/**
 * A layout directory: index.json, blobs/<algorithm>/<encoded>. Files appear whole or not at all (written beside,
 * then renamed); writers of the index take turns through a lock file. It withstands a process that dies at any point;
 * no fsync is made against a loss of power.
 */
export class DiskBackend implements LayoutBackend {
  readonly name: string;
  readonly #directory: string;
  readonly #lockTimes: IndexLockTimes;
  #cached: { readonly version: string; readonly index: LayoutIndex } | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(directory: string, lockTimes: IndexLockTimes = {}) {
    this.#directory = directory;
    this.#lockTimes = lockTimes;
    this.name = `${LAYOUT_PREFIX}${directory}`;
  }

  async readIndex(): Promise<LayoutIndex> {
    const path = join(this.#directory, INDEX_FILE);
    try {
      // every change comes by a rename, which gives another inode
      const { ino, size, mtimeNs } = await whileBusy(() => stat(path, { bigint: true }));
      const version = `${ino}:${size}:${mtimeNs}`;
      if (this.#cached?.version === version) return this.#cached.index;
      const index = parseLayoutIndex(await whileBusy(() => readFile(path)), path);
      this.#cached = { version, index };
      return index;
    } catch (cause) {
      if (isFileError(cause, 'ENOENT', 'ENOTDIR')) {
        throw new CodedError('layout-not-found', `${this.#directory} is no OCI image layout: it has no ${INDEX_FILE}`, {
          cause,
        });
      }
      throw cause;
    }
  }

  updateIndex(edit: (index: LayoutIndex) => LayoutIndex): Promise<void> {
    // in this process in turn, so that its own callers do not wait for one another at the lock file
    const turn = this.#turn.then(() => this.#updateLocked(edit));
    this.#turn = turn.catch(() => undefined); // the caller gets the error; the next in turn begins anew
    return turn;
  }

  async #updateLocked(edit: (index: LayoutIndex) => LayoutIndex): Promise<void> {
    const path = join(this.#directory, INDEX_FILE);
    for (;;) {
      const lock = await acquireIndexLock(`${path}.lock`, this.#lockTimes);
      try {
        const before = await this.readIndex();
        const after = edit(before);
        if (after === before) return;
        const temporary = `${path}.${randomUUID()}.tmp`;
        await writeFile(temporary, formatLayoutIndex(after));
        if (await lock.isHeld()) {
          await whileBusy(() => rename(temporary, path));
          return;
        }
        await unlink(temporary); // we were taken for dead; what we read may be old
      } finally {
        await lock.release();
      }
    }
  }

  async blobSize(digest: Digest): Promise<number | undefined> {
    try {
      const found = await stat(this.#blobPath(digest));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    }
  }

  async *openBlob(digest: Digest, range?: BlobRange): AsyncIterable<Uint8Array> {
    if (range !== undefined && range.end <= range.start) return;
    const bounds = range === undefined ? {} : { start: range.start, end: range.end - 1 };
    try {
      yield* createReadStream(this.#blobPath(digest), { ...bounds, highWaterMark: READ_CHUNK });
    } catch (cause) {
      if (!isFileError(cause, 'ENOENT', 'ENOTDIR')) throw cause;
      throw new CodedError('blob-unknown', `${this.name}: there is no blob ${digest}`, { cause });
    }
  }

  async startUpload(algorithm: DigestAlgorithm = 'sha256'): Promise<BlobUpload> {
    return startDiskUpload(this.#directory, algorithm, (digest) => this.#blobPath(digest));
  }

  async removeBlob(digest: Digest): Promise<boolean> {
    try {
      await whileBusy(() => unlink(this.#blobPath(digest)));
      return true;
    } catch (error) {
      if (isFileError(error, 'ENOENT', 'ENOTDIR')) return false;
      throw error;
    }
  }

  #blobPath(digest: Digest): string {
    parseDigest(digest); // a cast elsewhere must not become a path outside the directory
    return join(this.#directory, 'blobs', algorithmOf(digest), encodedOf(digest));
  }
}
