/**
 * Whether `text` matches `pattern`, whole: `*` is any run of characters, `?` any one. Linear in time for each star
 * (no regular expression is made from what a user or a registry wrote).
 */
export function matchesGlob(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let starAt = -1;
  let retryFrom = 0;
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] !== '*' && pattern[p] === text[t]))) {
      t++;
      p++;
    } else if (pattern[p] === '*') {
      starAt = p++;
      retryFrom = t;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++retryFrom;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

export function isGlob(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?');
}
