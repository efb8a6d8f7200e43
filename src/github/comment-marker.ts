import { createHash } from 'node:crypto';

/**
 * The hidden first line of a comment of ours: it tells one gate's comment from another's. The key is hashed, since a key
 * may hold what ends an HTML comment.
 */
export function commentMarker(key: string): string {
  const id = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `<!-- oci-referrers verify ${id} -->`;
}
