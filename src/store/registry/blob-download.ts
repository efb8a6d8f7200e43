import type { Descriptor } from '../../oci/descriptor.ts';
import { hasherFor } from '../../oci/digest.ts';
import type { ReadOptions } from '../store.ts';
import { verifiedChunks } from '../verified-chunks.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

const MAX_ERROR_BYTES = 64 * 1024;

/** A blob of this size at most is read whole before any of it is given out: one that breaks off is asked for again. */
const MAX_WHOLE_BYTES = 1024 * 1024;

/**
 * The bytes of a blob as they arrive, counted and hashed. The last piece is held back until the whole is proved, so
 * who reads to the end has read the right bytes.
 */
export async function* openRegistryBlob(
  connection: RegistryConnection,
  descriptor: Descriptor,
  options: ReadOptions = {},
): AsyncIterable<Uint8Array> {
  const { digest } = descriptor;
  const what = `blob ${digest} of ${connection.origin.host}/${connection.repository}`;
  hasherFor(digest); // an algorithm unknown here is found before anything is asked
  const url = connection.url(`blobs/${digest}`);
  const request = { method: 'GET', url, purpose: options.purpose, signal: options.signal } as const;
  if (descriptor.size <= MAX_WHOLE_BYTES) {
    const whole = await connection.request(request, connection.pull, MAX_WHOLE_BYTES);
    if (whole.status !== 200) throw registryErrorOf('GET', whole, `reading ${what}`);
    yield* verifiedChunks([whole.bytes], descriptor, what);
    return;
  }
  const response = await connection.stream(request, connection.pull);
  if (response.status !== 200) {
    const bytes = await readSome(response.body(), MAX_ERROR_BYTES);
    throw registryErrorOf('GET', { ...response, bytes }, `reading ${what}`);
  }
  yield* verifiedChunks(response.body(), descriptor, what);
}

async function readSome(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let count = 0;
  for await (const piece of body) {
    parts.push(piece);
    count += piece.byteLength;
    if (count >= limit) break;
  }
  return Buffer.concat(parts).subarray(0, limit);
}
