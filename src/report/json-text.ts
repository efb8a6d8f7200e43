// What JSON lets stand as it is although a terminal acts on it: DEL, C1 (U+009B begins an ANSI sequence), bidi controls.
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A value as JSON of two spaces' indent, with a line break at its end; safe to show on a terminal. */
export function renderJsonText(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2);
  return `${json.replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}
