import { TextScanner } from './text-scanner.ts';

/** distribution-spec 1.1 "Warnings": all warnings of a response together; what goes beyond is not read. */
const MAX_BYTES = 4096;

/**
 * The texts of a response's `Warning` headers, each once, in order: `299 - "text"`, several in a value or in several
 * values (distribution-spec 1.1 "Warnings", after RFC 7234 §5.5). Other codes are caches talking and are left out,
 * and so is what cannot be read: a client must not act on a warning, so it need not fail on one. Not escaped.
 */
export function parseWarningHeaders(values: readonly string[]): string[] {
  const texts = new Set<string>();
  let bytes = 0;
  for (const value of values) {
    bytes += value.length; // One character an octet: header values come as ISO-8859-1.
    if (bytes > MAX_BYTES) break;
    for (const text of parseValue(value)) texts.add(text);
  }
  return [...texts];
}

function* parseValue(value: string): Generator<string> {
  const scanner = new TextScanner(value);
  for (;;) {
    scanner.skip(' \t,');
    const code = scanner.until(' \t,"');
    scanner.skip(' \t');
    scanner.until(' \t,"'); // warn-agent
    scanner.skip(' \t');
    const octets = scanner.quotedString();
    if (octets === undefined) return;
    if (code === '299' && octets.trim() !== '') yield decodeUtf8(octets);
    scanner.skip(' \t');
    scanner.quotedString(); // warn-date, which no registry should send
  }
}

/** The spec has UTF-8 in the text, the connection hands out octets. */
function decodeUtf8(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}
