import { isInvisible } from '../oci/invisible.ts';

/**
 * Text of a registry, a file or a server, made harmless for where it is shown. Every renderer of this folder sends such
 * text through one of these; what is not text of our own is such text.
 */

const NAMED_CONTROLS: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
]);

/** Nothing of it is invisible: the most common text needs no look at each character. */
const PRINTABLE_ASCII = /^[ -~]*$/;

function visibleCode(code: number): string {
  const named = NAMED_CONTROLS.get(code);
  if (named !== undefined) return named;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

function mapCharacters(text: string, map: (character: string, code: number) => string): string {
  let out = '';
  for (const character of text) out += map(character, character.codePointAt(0) ?? 0);
  return out;
}

/**
 * For a terminal or a log: one line, with ANSI sequences, control and bidi characters written out (`\x1b`, `\n`,
 * `\u202e`), so that it cannot colour, move, hide or reverse what stands around it.
 */
export function escapeTerminal(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return mapCharacters(text, (character, code) => (isInvisible(code) ? visibleCode(code) : character));
}

/**
 * For a line of a workflow's log: escapeTerminal, and the runner finds no command in it. It looks for `::` at the start
 * of a line and for `##[` anywhere (actions/runner, ActionCommand.cs).
 */
export function escapeLogLine(text: string): string {
  return escapeTerminal(text)
    .replace(/^(\s*):(?=:)/, '$1\\x3a')
    .replaceAll('##[', '#\\x23[');
}

/** For text and quoted attributes of HTML. */
export function escapeHtml(text: string): string {
  return escapeTerminal(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

// What Markdown, GFM or GitHub's own additions (mentions, math, emoji, autolinks) read as more than text. As a numeric
// reference a character is never structure (CommonMark 0.31 §6.2); a backslash would fail before a table's pipe.
const MARKDOWN_SPECIAL = /[\\`*_{}[\]()<>#!|~$@&"'^=:]/g;

// GitHub looks for @mentions and #references, and cmark-gfm for mail addresses, after entities are resolved; a reference
// in a comment is announced where it leads
const WORD_JOINER = '&#8288;';

/** For running text or a table cell of Markdown: never structure, a link, an image, a mention, a reference, math or HTML. */
export function escapeMarkdownCell(text: string): string {
  return escapeTerminal(text)
    .replace(MARKDOWN_SPECIAL, (c) => `&#${c.charCodeAt(0)};${c === '@' || c === '#' ? WORD_JOINER : ''}`)
    .replace(/\b(www)\./gi, '$1&#46;');
}

/**
 * For a quoted label of a Mermaid flowchart, `id["..."]`. All but letters, digits and a few harmless signs becomes an
 * entity code (`#34;`): quotes end the label, `%%{` sets the configuration of the whole graph, and `:` before a `#` is
 * taken for a style by Mermaid's preprocessing.
 */
export function escapeMermaidLabel(text: string): string {
  // Mermaid breaks a line at a backslash with an n, an entity or not: another sign that looks like it stands in
  return mapCharacters(escapeTerminal(text).replaceAll('\\', '\u2216'), (character, code) =>
    isMermaidSafe(character, code) ? character : `#${code};`,
  );
}

function isMermaidSafe(character: string, code: number): boolean {
  if (code < 0x80) return /[A-Za-z0-9 ./+,_-]/.test(character);
  // Mermaid writes entities as these characters while it parses
  return !['ﬂ', '°', '¶', 'ß'].includes(character) && /[\p{L}\p{M}\p{N}…›]/u.test(character);
}

/** For the message of a workflow command: line breaks stay, as the runner's own escapes. */
export function escapeWorkflowData(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeTerminal(line.replaceAll('\r', '')).replaceAll('%', '%25'))
    .join('%0A');
}

/** For a property (`title=`, `file=`) of a workflow command. */
export function escapeWorkflowProperty(text: string): string {
  return escapeTerminal(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
