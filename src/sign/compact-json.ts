/**
 * JSON text without the white space between its tokens. The tokens stay as they are: a number keeps its digits, a string
 * its escapes, which parsing and writing again would not keep. The text must be valid JSON.
 */
export function compactJson(text: string): string {
  const kept: string[] = [];
  let start = 0; // of what is kept next
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = endOfString(text, at);
    else if (BLANKS.includes(char)) {
      if (start < at) kept.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return kept.join('') + text.slice(start);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** RFC 8259 §2: space, tab, line feed, carriage return. */
const BLANKS: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
