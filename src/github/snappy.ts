import { CodedError } from '../errors/coded-error.ts';

const WHAT = 'it is no Snappy block';
/** Bytes of a varint that holds 32 bits. */
const MAX_LENGTH_BYTES = 5;

/**
 * The content of one raw Snappy block, without framing (google/snappy, format_description.txt): its length, then
 * literals, and copies of what came before. `checkSize` gets the length before any memory is taken, and throws where it
 * is too much. Throws `github-api-failed`.
 *
 * Our own, since snappyjs 0.7.0, the decompressor in plain JavaScript, never ends on a literal of 2 GiB or more: it takes
 * the length for a negative number, and goes back.
 */
export function uncompressSnappy(block: Uint8Array, checkSize: (bytes: number) => void): Uint8Array {
  const input = new BlockReader(block);
  const length = input.takeLength();
  checkSize(length);
  const content = new Uint8Array(length);
  let filled = 0;
  while (!input.atEnd) {
    const tag = input.takeNumber(1);
    const room = length - filled;
    filled +=
      (tag & 3) === 0 ? takeLiteral(input, tag, content, filled, room) : takeCopy(input, tag, content, filled, room);
  }
  if (filled !== length) throw invalid(`it says that it holds ${length} bytes, and has ${filled}`);
  return content;
}

/** Up to 60 bytes have their length in the tag; of more it has the number of bytes in which the length follows. */
function takeLiteral(input: BlockReader, tag: number, content: Uint8Array, at: number, room: number): number {
  const size = tag >>> 2;
  const length = 1 + (size < 60 ? size : input.takeNumber(size - 59));
  if (length > room) throw invalid('a literal goes beyond its end');
  content.set(input.take(length), at);
  return length;
}

function takeCopy(input: BlockReader, tag: number, content: Uint8Array, at: number, room: number): number {
  const isShort = (tag & 3) === 1;
  const length = isShort ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
  const offset = isShort ? (tag >>> 5) * 256 + input.takeNumber(1) : input.takeNumber((tag & 3) === 2 ? 2 : 4);
  if (length > room) throw invalid('a copy goes beyond its end');
  if (offset === 0 || offset > at) throw invalid('a copy is of what stands before its beginning');
  // byte by byte: what is copied may reach into what it makes
  for (let i = at; i < at + length; i++) content[i] = content[i - offset] ?? 0;
  return length;
}

class BlockReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.byteLength;
  }

  take(count: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.byteLength < count) throw invalid('it ends in the middle');
    this.#at += count;
    return taken;
  }

  /** Little endian, without a sign. */
  takeNumber(bytes: number): number {
    return this.take(bytes).reduceRight((number, byte) => number * 256 + byte, 0);
  }

  /** A varint of 32 bits. */
  takeLength(): number {
    let length = 0;
    for (let i = 0; i < MAX_LENGTH_BYTES; i++) {
      const byte = this.takeNumber(1);
      length += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return length;
    }
    throw invalid('its length does not end');
  }
}

function invalid(why: string): CodedError {
  return new CodedError('github-api-failed', `${WHAT}: ${why}`, {
    hint: 'The answer was cut short, or something else than GitHub gave it.',
  });
}
