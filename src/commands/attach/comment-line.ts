/** Whether a line of an input is a comment: `# words`, or a lone `#`. `#x.json` is none, a file may be called so. */
export function isCommentLine(line: string): boolean {
  return line === '#' || line.startsWith('# ') || line.startsWith('#\t');
}
