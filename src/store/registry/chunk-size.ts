/** The blob in one piece. */
export const WHOLE = Number.POSITIVE_INFINITY;

/** Where a registry, or a proxy before it, refuses a large body, it may take these; nginx takes 1 MiB unless told otherwise. */
const SIZES = [16 * 1024 * 1024, 4 * 1024 * 1024, 1024 * 1024];
const [LARGEST = WHOLE] = SIZES;
/** A chunk is in memory while it is sent: where a registry asks for larger ones, the whole goes as one, as a stream. */
const MAX_CHUNK_BYTES = 64 * 1024 * 1024;

/** The size of the pieces of one session: `wanted` by us, at least `minimum` (`OCI-Chunk-Min-Length`; 0: none was named). */
export function chunkBytesFor(wanted: number, minimum: number): number {
  if (minimum === 0) return wanted;
  const bytes = Math.max(minimum, wanted === WHOLE ? LARGEST : wanted);
  return bytes > MAX_CHUNK_BYTES ? WHOLE : bytes;
}

/**
 * The next smaller pieces after a failed session: after 413 those below what was refused, after a cut connection those
 * that can be resumed. undefined: there is nothing smaller to try.
 */
export function smallerChunks(
  blobBytes: number,
  tried: number,
  wasTooLarge: boolean,
  wasCutOff: boolean,
): number | undefined {
  const refused = Math.min(blobBytes, tried);
  if (wasTooLarge) return SIZES.find((size) => size < refused);
  return wasCutOff && tried === WHOLE && blobBytes > LARGEST ? LARGEST : undefined;
}
