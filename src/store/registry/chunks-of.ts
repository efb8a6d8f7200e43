import type { StreamBody } from '../../net/types.ts';

/**
 * The stream cut into pieces of one size, after `skip` bytes; the last may be smaller. One piece is in memory, as the
 * stream gave it: nothing is copied.
 */
export async function* chunksOf(
  stream: AsyncIterable<Uint8Array>,
  skip: number,
  size: number,
): AsyncGenerator<StreamBody, void, undefined> {
  let toSkip = skip;
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const piece of stream) {
    let rest = piece.subarray(Math.min(toSkip, piece.byteLength));
    toSkip -= piece.byteLength - rest.byteLength;
    while (held + rest.byteLength >= size) {
      const head = rest.subarray(0, size - held);
      yield bodyOf([...parts, head], size);
      rest = rest.subarray(head.byteLength);
      parts = [];
      held = 0;
    }
    if (rest.byteLength > 0) parts.push(rest);
    held += rest.byteLength;
  }
  if (held > 0) yield bodyOf(parts, held);
}

function bodyOf(parts: readonly Uint8Array[], size: number): StreamBody {
  return {
    size,
    async *open() {
      yield* parts;
    },
  };
}
