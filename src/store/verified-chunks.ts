import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { algorithmOf, hasherFor } from '../oci/digest.ts';

/**
 * The chunks as they come, counted and hashed; the last one is held back until the whole is proved, so that nobody
 * reads wrong bytes to a regular end. Throws `digest-mismatch`.
 */
export async function* verifiedChunks(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { digest, size }: Descriptor,
  what: string,
): AsyncIterable<Uint8Array> {
  const hash = hasherFor(digest);
  let count = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    count += chunk.byteLength;
    if (count > size) throw mismatch(what, `${size} bytes`, 'more');
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (count !== size) throw mismatch(what, `${size} bytes`, String(count));
  const got = `${algorithmOf(digest)}:${hash.digest('hex')}`;
  if (got !== digest) throw mismatch(what, digest, got);
  if (held !== undefined) yield held;
}

function mismatch(what: string, expected: string, got: string): CodedError {
  return new CodedError('digest-mismatch', `${what}: expected ${expected}, got ${got}`);
}
