import type { Descriptor } from '../../oci/descriptor.ts';
import { hasherFor } from '../../oci/digest.ts';
import type { ReadOptions } from '../store.ts';
import { verifiedChunks } from '../verified-chunks.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { registryErrorOf } from './registry-error.ts';

const MAX_ERROR_BYTES = 64 * 1024;

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
  const response = await connection.stream(
    { method: 'GET', url, purpose: options.purpose, signal: options.signal },
    connection.pull,
  );
  if (response.status !== 200) {
    const bytes = await readSome(response.body(), MAX_ERROR_BYTES);
    throw registryErrorOf(
      'GET',
      { status: response.status, headers: response.headers, url: response.url, bytes },
      `reading ${what}`,
    );
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
