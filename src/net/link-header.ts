import { CodedError } from '../errors/coded-error.ts';
import { TextScanner } from './text-scanner.ts';

/** One link of a `Link` header. */
export interface Link {
  /** The URI reference between the angle brackets, as it stood there: relative or absolute. */
  readonly target: string;
  /** Relation types in lower case (RFC 8288 §2.1.1: they compare without case); empty when there is no `rel`. */
  readonly rel: readonly string[];
}

/**
 * Every link of the values of a `Link` header (RFC 8288 §3): several in a value or in several values, relations quoted
 * or bare, several relations in one `rel`. A header that cannot be read throws `link-refused`: it may have named a
 * next page, and a list cut short must not pass for a whole one.
 */
export function parseLinkHeader(values: readonly string[]): Link[] {
  return values.flatMap(parseValue);
}

function parseValue(value: string): Link[] {
  const scanner = new TextScanner(value);
  const links: Link[] = [];
  for (;;) {
    scanner.skip(' \t,');
    if (scanner.atEnd) return links;
    links.push(parseLink(scanner, value));
    scanner.skip(' \t');
    if (!scanner.atEnd && scanner.peek() !== ',') throw unreadable(value, 'a comma between links');
  }
}

function parseLink(scanner: TextScanner, value: string): Link {
  if (!scanner.take('<')) throw unreadable(value, '"<"');
  const target = scanner.until('>').trim();
  if (!scanner.take('>')) throw unreadable(value, '">" after the target');
  let rel: string[] | undefined;
  for (;;) {
    scanner.skip(' \t');
    if (!scanner.take(';')) return { target, rel: rel ?? [] };
    const parameter = parseParameter(scanner, value);
    // RFC 8288 §3.3: occurrences of `rel` after the first are ignored.
    if (parameter.name === 'rel') rel ??= splitRelations(parameter.value);
  }
}

function parseParameter(scanner: TextScanner, value: string): { name: string; value: string } {
  scanner.skip(' \t');
  const name = scanner.until('=;, \t').toLowerCase();
  scanner.skip(' \t');
  if (!scanner.take('=')) return { name, value: '' };
  scanner.skip(' \t');
  if (scanner.peek() !== '"') return { name, value: scanner.until(';, \t') };
  const quoted = scanner.quotedString();
  if (quoted === undefined) throw unreadable(value, 'a closing quotation mark');
  return { name, value: quoted };
}

function splitRelations(value: string): string[] {
  return value
    .toLowerCase()
    .split(/[ \t]+/)
    .filter((relation) => relation !== '');
}

function unreadable(value: string, expected: string): CodedError {
  return new CodedError(
    'link-refused',
    `the Link header cannot be read: expected ${expected} in ${JSON.stringify(value.slice(0, 200))}`,
  );
}
