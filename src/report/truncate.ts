/** The size of a text in UTF-8: what limits of GitHub and of registries count. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/**
 * The longest beginning of `text` that, with `mark` after it, is at most `maxBytes` of UTF-8; the text itself where it
 * fits. Cuts between characters, never within one. Where not even the mark fits, the empty string.
 */
export function truncateBytes(text: string, maxBytes: number, mark = '…'): string {
  if (byteLength(text) <= maxBytes) return text;
  let room = maxBytes - byteLength(mark);
  if (room < 0) return '';
  let end = 0;
  for (const character of text) {
    room -= byteLength(character);
    if (room < 0) break;
    end += character.length;
  }
  return text.slice(0, end) + mark;
}
