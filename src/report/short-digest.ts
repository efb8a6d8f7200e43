/** `sha256:4f9c2d1e8a3b`: enough of a digest to recognise it. Never an address: what is copied must be whole. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 1 + SHORT_LENGTH);
}

const SHORT_LENGTH = 12;
