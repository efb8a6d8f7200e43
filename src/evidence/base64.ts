const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Base64 of either alphabet, with or without padding (RFC 4648 §4 and §5; protobuf's JSON mapping allows all of them),
 * and nothing else in between: Buffer.from would skip over any other character. undefined: it is not base64.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined;
  const bare = text.replace(/=+$/, '');
  const padded = text.length !== bare.length;
  if (bare.length % 4 === 1 || (padded && text.length % 4 !== 0)) return undefined;
  return Buffer.from(bare, 'base64url');
}
