import { escapeTerminal } from './escape.ts';
import { truncateBytes } from './truncate.ts';

const MAX_TEXT_BYTES = 1024;
/** For names, of which several stand on a line. */
export const MAX_NAME_BYTES = 80;

/** Text of others for a terminal: escaped, and cut where it is longer than anybody reads. */
export function cleanText(text: string, maxBytes = MAX_TEXT_BYTES): string {
  return escapeTerminal(truncateBytes(text, maxBytes));
}
