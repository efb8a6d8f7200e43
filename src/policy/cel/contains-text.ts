/** Steps that the engine's own search may take: about 10 ms on an idle machine. */
const FEW_STEPS = 4_000_000;

/**
 * Whether `needle` is a part of `text`. The engine's own search takes the product of both lengths where they repeat
 * themselves, and nothing ends it meanwhile, no limit of time either: a megabyte of one letter, asked for a tenth of it,
 * took 23 s. So it is asked only of what is short; else each character is looked at once or twice (Knuth, Morris and
 * Pratt, "Fast pattern matching in strings", 1977).
 */
export function containsText(text: string, needle: string): boolean {
  if (needle.length > text.length) return false;
  if (text.length * needle.length <= FEW_STEPS) return text.includes(needle);
  const borders = bordersOf(needle);
  let matched = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    while (matched > 0 && needle.charCodeAt(matched) !== character) matched = borders[matched - 1] ?? 0;
    if (needle.charCodeAt(matched) === character) matched++;
    if (matched === needle.length) return true;
  }
  return false;
}

/** For each beginning of the text how long the longest end of it is that is a beginning, too. */
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let matched = 0;
  for (let at = 1; at < text.length; at++) {
    const character = text.charCodeAt(at);
    while (matched > 0 && text.charCodeAt(matched) !== character) matched = borders[matched - 1] ?? 0;
    if (text.charCodeAt(matched) === character) matched++;
    borders[at] = matched;
  }
  return borders;
}
