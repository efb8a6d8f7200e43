/** Code points that move the cursor, hide, or reorder what is read: none is shown as it is. */
export function isInvisible(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) || // DEL and C1: U+009B begins an ANSI sequence
    code === 0xad || // soft hyphen
    code === 0x061c || // Arabic letter mark
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x200b && code <= 0x200f) || // zero width, left-to-right and right-to-left mark
    (code >= 0x2028 && code <= 0x202e) || // line separators, bidi embeddings and overrides
    (code >= 0x2060 && code <= 0x206f) || // word joiner, bidi isolates
    code === 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xd800 && code <= 0xdfff) || // half of a surrogate pair
    (code >= 0xe0000 && code <= 0xe0fff) // tag characters: text that only machines read
  );
}

/** Whether any of it would not be seen as it is: control, bidi, zero-width characters, half a surrogate pair. */
export function hasInvisible(text: string): boolean {
  return [...text].some((character) => isInvisible(character.codePointAt(0) ?? 0));
}
