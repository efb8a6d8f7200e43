declare module 'snappyjs' {
  /** A raw Snappy block -> bytes. Throws where it is none, or says it holds more than `maxLength` bytes. */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  /** Bytes -> a raw Snappy block. */
  export function compress(bytes: Uint8Array): Uint8Array;
}
