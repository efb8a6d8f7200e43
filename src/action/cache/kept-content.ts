import type { BlobCache } from '../../gate/blob-cache.ts';
import { isDigest } from '../../oci/digest.ts';
import { isJsonObject, parseStrictJsonObject } from '../../oci/strict-json.ts';

/** Base64 makes a third more of it. */
const MAX_KEPT_BYTES = 24 * 1024 * 1024;

/** What is kept between runs, and what this run made of it. */
export class KeptContent implements BlobCache {
  readonly #restored = new Map<string, Uint8Array>();
  readonly #used = new Map<string, Uint8Array>();
  #usedBytes = 0;
  /** Documents that needed no request. */
  hits = 0;
  /** Documents whose bytes were not what their digest says: each was read from its registry. */
  refused = 0;

  /** Takes in what `bytes` hold; what is no entry of this form is nothing. Nothing of it is believed: get's caller hashes. */
  restore(bytes: Uint8Array): void {
    for (const [digest, text] of Object.entries(parseBlobs(bytes))) {
      if (isDigest(digest) && typeof text === 'string') this.#restored.set(digest, Buffer.from(text, 'base64'));
    }
  }

  get(digest: string): Uint8Array | undefined {
    const kept = this.#restored.get(digest);
    if (kept === undefined) return undefined;
    this.hits += 1;
    this.put(digest, kept);
    return kept;
  }

  put(digest: string, bytes: Uint8Array): void {
    if (this.#used.has(digest) || this.#usedBytes + bytes.byteLength > MAX_KEPT_BYTES) return;
    this.#used.set(digest, bytes);
    this.#usedBytes += bytes.byteLength;
  }

  refuse(digest: string): void {
    this.hits -= 1;
    this.refused += 1;
    this.#usedBytes -= this.#used.get(digest)?.byteLength ?? 0;
    this.#used.delete(digest);
    this.#restored.delete(digest);
  }

  /** Of what is kept after this run: only what it used, so that a cache does not grow for ever. */
  get count(): number {
    return this.#used.size;
  }

  /** Whether this run used anything that was not kept before it. */
  get isNew(): boolean {
    return this.refused > 0 || [...this.#used.keys()].some((digest) => !this.#restored.has(digest));
  }

  digests(): readonly string[] {
    return [...this.#used.keys()].sort();
  }

  pack(): Uint8Array {
    const blobs = Object.fromEntries(
      this.digests().map((digest) => [digest, Buffer.from(this.#used.get(digest) ?? []).toString('base64')]),
    );
    return Buffer.from(JSON.stringify({ version: 1, blobs }));
  }
}

function parseBlobs(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const { blobs } = parseStrictJsonObject(bytes, { what: 'the cache entry' });
    return isJsonObject(blobs) ? blobs : {};
  } catch {
    return {}; // cut off, or another's: everything is read from its registry
  }
}
