/**
 * Bytes -> text for a scan that needs only the ASCII in it: UTF-16 by its byte order mark or by the zero bytes around
 * the first `<` (XML 1.0 appendix F), else byte by byte, which is right for the ASCII of UTF-8 and the ISO 8859 family.
 * A byte order mark is dropped.
 */
export function decodeForScan(bytes: Uint8Array): string {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (a === 0x3c && b === 0x00) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0x00 && b === 0x3c) return new TextDecoder('utf-16be').decode(bytes);
  const start = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  return new TextDecoder('latin1').decode(bytes.subarray(start));
}
