/** The stream cut into pieces of one size, after `skip` bytes; the last may be smaller. One piece is in memory. */
export async function* chunksOf(
  stream: AsyncIterable<Uint8Array>,
  skip: number,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let toSkip = skip;
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const piece of stream) {
    let rest = piece.subarray(Math.min(toSkip, piece.byteLength));
    toSkip -= piece.byteLength - rest.byteLength;
    while (held + rest.byteLength >= size) {
      const head = rest.subarray(0, size - held);
      yield Buffer.concat([...parts, head]);
      rest = rest.subarray(head.byteLength);
      parts = [];
      held = 0;
    }
    if (rest.byteLength > 0) parts.push(rest);
    held += rest.byteLength;
  }
  if (held > 0) yield Buffer.concat(parts);
}
