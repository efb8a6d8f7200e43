import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { CodedError } from '../../errors/coded-error.ts';
import { DETECT_HEAD_BYTES, detectEvidence } from '../../evidence/detect.ts';
import type { Detection } from '../../evidence/detection.ts';
import type { Digest } from '../../oci/digest.ts';
import { requestsOut } from '../requests-out.ts';
import { type CheckedFile, identityOf, sameIdentity, unreadable } from './workspace-path.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The bytes of one file, hashed once and recognised once however many artifacts it is in. Every read compares the file
 * with what it was when it was checked, at its beginning and before its last chunk, and throws `file-changed` if it is
 * another by then: what is uploaded is what was hashed, or nothing.
 */
export class FileContent {
  readonly file: CheckedFile;
  #digest: Promise<Digest> | undefined;
  #detection: Promise<Detection> | undefined;

  constructor(file: CheckedFile) {
    this.file = file;
  }

  /** Bytes. */
  get size(): number {
    return this.file.identity.size;
  }

  digest(): Promise<Digest> {
    this.#digest ??= this.#hash();
    return this.#digest;
  }

  detection(): Promise<Detection> {
    this.#detection ??= this.#detect();
    return this.#detection;
  }

  /** The bytes in chunks of 1 MiB, which the caller may keep. */
  open(): AsyncIterable<Uint8Array> {
    return this.#read(0, this.size, (size) => Buffer.allocUnsafeSlow(size));
  }

  async #hash(): Promise<Digest> {
    await requestsOut();
    const hash = createHash('sha256');
    // each chunk is done with before the next one is read, so one buffer serves for all
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, this.size));
    for await (const chunk of this.#read(0, this.size, (size) => buffer.subarray(0, size))) hash.update(chunk);
    return `sha256:${hash.digest('hex')}`;
  }

  async #detect(): Promise<Detection> {
    const head = await this.#readWhole(Math.min(DETECT_HEAD_BYTES, this.size));
    return detectEvidence({ head, size: this.size, readAll: () => this.#readWhole(this.size) });
  }

  async #readWhole(length: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for await (const chunk of this.#read(0, length, (size) => bytes.subarray(at, at + size))) at += chunk.byteLength;
    return bytes;
  }

  /** [start, end) in chunks, each in what `allocate` gives. */
  async *#read(start: number, end: number, allocate: (size: number) => Uint8Array): AsyncGenerator<Uint8Array> {
    const handle = await this.#open();
    try {
      await this.#requireUnchanged(handle);
      for (let at = start; at < end; ) {
        const chunk = await this.#fill(handle, allocate(Math.min(CHUNK_BYTES, end - at)), at);
        at += chunk.byteLength;
        if (at === end) await this.#requireUnchanged(handle);
        yield chunk;
      }
    } finally {
      await handle.close();
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.file.path, 'r');
    } catch (cause) {
      throw unreadable(this.file.shownPath, cause);
    }
  }

  async #fill(handle: FileHandle, chunk: Uint8Array, position: number): Promise<Uint8Array> {
    let filled = 0;
    while (filled < chunk.byteLength) {
      const bytesRead = await this.#readAt(handle, chunk.subarray(filled), position + filled);
      if (bytesRead === 0) throw this.#changed(`it ends at ${position + filled} bytes`);
      filled += bytesRead;
    }
    return chunk;
  }

  async #readAt(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
    try {
      return (await handle.read(into, 0, into.byteLength, position)).bytesRead;
    } catch (cause) {
      throw unreadable(this.file.shownPath, cause);
    }
  }

  async #requireUnchanged(handle: FileHandle): Promise<void> {
    const now = identityOf(await handle.stat({ bigint: true }));
    if (sameIdentity(now, this.file.identity)) return;
    throw this.#changed(now.size === this.size ? 'it was written again' : `it now has ${now.size} bytes`);
  }

  #changed(how: string): CodedError {
    return new CodedError(
      'file-changed',
      `${JSON.stringify(this.file.shownPath)} changed while it was being attached: it had ${this.size} bytes, ${how}`,
      { hint: 'Another step or process still writes it. Wait for it to end, or attach a copy.' },
    );
  }
}

/** The contents of the files of one run, so that a file that goes to eight platforms is read once. */
export class FileCache {
  readonly #contents = new Map<string, FileContent>();

  /** Throws `file-changed` if the file is not what it was when it was first asked for. */
  of(file: CheckedFile): FileContent {
    const known = this.#contents.get(file.path);
    if (known === undefined) {
      const content = new FileContent(file);
      this.#contents.set(file.path, content);
      return content;
    }
    if (sameIdentity(known.file.identity, file.identity)) return known;
    throw new CodedError('file-changed', `${JSON.stringify(file.shownPath)} changed while files were being checked`, {
      hint: 'Another step or process still writes it. Wait for it to end, or attach a copy.',
    });
  }
}
