/** One attribute of a distinguished name: `{ type: 'O', value: 'Acme' }`. */
export interface NameAttribute {
  /** One of the names below, upper-case; else a dotted OID. */
  readonly type: string;
  readonly value: string;
}

/** RFC 4514 §3, and what certificates for signing commonly have besides. */
const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'TITLE'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.42', 'GIVENNAME'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'EMAILADDRESS'],
]);
const NAMES = new Set(TYPE_NAMES.values());
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['S', 'ST'],
  ['E', 'EMAILADDRESS'],
]);

/** As trust policies of the Notary Project begin an identity (trust-store-trust-policy.md "Trusted Identities Constraints"). */
const PREFIX = 'x509.subject:';
/** RFC 4514 §2.4: must not stand in a value without a backslash. */
const RESERVED = '"+;<>\0';
/** What a backslash may stand before, RFC 4514 §3 `pair`; hex digits besides. */
const ESCAPABLE = '"+,;<>\\ #=';
const HEX_PAIR = /[0-9A-Fa-f]{2}/y;
const OID = /^[0-2](?:\.(?:0|[1-9][0-9]*))+$/;

const decoder = new TextDecoder('utf-8', { fatal: true });

class NameSyntax extends Error {}

/** `2.5.4.10` -> `O`; an OID without a name as it is. */
export function attributeName(oid: string): string {
  return TYPE_NAMES.get(oid) ?? oid;
}

/**
 * `C=US, ST=WA, O=Acme` -> its attributes in that order; the string form of RFC 4514 without multi-valued RDNs, quoted
 * and `#hex` values. Spaces around types, values and commas do not count; types know no case, `S` is `ST`, `E` is
 * `EMAILADDRESS`; a leading `x509.subject:` is left out. `reason`: why it is none. A type that stands twice is refused:
 * nobody could say which of the two is asked for.
 */
export function parseDistinguishedName(text: string): readonly NameAttribute[] | { readonly reason: string } {
  const name = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  try {
    return splitUnescaped(name).map(parseAttribute).map(refuseTwice);
  } catch (error) {
    if (error instanceof NameSyntax) return { reason: error.message };
    throw error;
  }
}

/** Attributes -> `C=US, ST=WA, O=Acme`, escaped as RFC 4514 §2.4 asks for. */
export function formatDistinguishedName(attributes: readonly NameAttribute[]): string {
  return attributes.map(({ type, value }) => `${type}=${escapeValue(value)}`).join(', ');
}

function escapeValue(value: string): string {
  const escaped = value.replace(/[",+;<>\\]/g, '\\$&').replaceAll('\0', '\\00');
  const led = /^[ #]/.test(escaped) ? `\\${escaped}` : escaped;
  return led.endsWith(' ') && led.length > 1 && value.length > 1 ? `${led.slice(0, -1)}\\ ` : led;
}

/** Parts between commas; a backslash takes the next character along. */
function splitUnescaped(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function parseAttribute(part: string): NameAttribute {
  const equals = part.indexOf('=');
  if (equals < 0) throw new NameSyntax(`${JSON.stringify(part.trim())} is not TYPE=value`);
  const value = unescapeValue(trimUnescaped(part.slice(equals + 1)));
  const type = parseType(part.slice(0, equals).trim());
  if (value === '') throw new NameSyntax(`${type} has no value`);
  return { type, value };
}

function parseType(text: string): string {
  if (OID.test(text)) return attributeName(text);
  const upper = text.toUpperCase();
  const type = ALIASES.get(upper) ?? upper;
  if (NAMES.has(type)) return type;
  throw new NameSyntax(`the attribute type ${JSON.stringify(text)} is not known; known are ${[...NAMES].join(', ')}`);
}

/** Without the spaces around it; one after a backslash belongs to the value. */
function trimUnescaped(text: string): string {
  const start = text.trimStart();
  const trimmed = start.trimEnd();
  return isEscapedAtEnd(trimmed) ? `${trimmed}${start.slice(trimmed.length, trimmed.length + 1)}` : trimmed;
}

function isEscapedAtEnd(text: string): boolean {
  const backslashes = /\\*$/.exec(text)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

function unescapeValue(text: string): string {
  if (text.startsWith('#')) throw new NameSyntax('a value in hex (#...) is not supported');
  const bytes: Buffer[] = [];
  for (let at = 0; at < text.length; ) {
    const end = nextUnit(text, at);
    const unit = text.slice(at, end);
    const character = unit.startsWith('\\') ? unit.slice(1) : unit;
    bytes.push(unit.length === 3 ? Buffer.from(character, 'hex') : Buffer.from(character));
    at = end;
  }
  try {
    return decoder.decode(Buffer.concat(bytes));
  } catch {
    throw new NameSyntax(`${JSON.stringify(text)} is not UTF-8 once its escapes are read`);
  }
}

/** End of the character, escaped character or escaped byte that begins at `at`. */
function nextUnit(text: string, at: number): number {
  const character = text[at] ?? '';
  if (character !== '\\') {
    if (RESERVED.includes(character)) throw new NameSyntax(`${JSON.stringify(character)} needs a backslash before it`);
    return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  }
  HEX_PAIR.lastIndex = at + 1;
  if (HEX_PAIR.test(text)) return at + 3;
  const escaped = text[at + 1];
  if (escaped === undefined || !ESCAPABLE.includes(escaped)) {
    throw new NameSyntax(`the backslash before ${JSON.stringify(escaped ?? 'the end')} escapes nothing`);
  }
  return at + 2;
}

function refuseTwice(attribute: NameAttribute, at: number, all: readonly NameAttribute[]): NameAttribute {
  const first = all.findIndex(({ type }) => type === attribute.type);
  if (first !== at) throw new NameSyntax(`${attribute.type} stands twice`);
  return attribute;
}
