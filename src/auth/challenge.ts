/** One challenge of a WWW-Authenticate header; RFC 9110 §11.6.1. Names are in lower case, values as sent. */
export interface Challenge {
  readonly scheme: string;
  /** `auth-param`s; the first of a repeated name counts. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly token68?: string;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*/y;
const BLANKS = /[ \t]*/y;
const BLANKS_AND_COMMAS = /[ \t,]*/y;
const EQUALS = /[ \t]*=[ \t]*/y; // RFC 9110 §11.2: bad whitespace around "=" is to be tolerated
const BARE_VALUE = /[^ \t,"]*/y; // wider than token: some servers send `realm=https://...` without quotes
const JUNK = /[^ \t,]+/y;

/** More than this of one header, and more challenges than this, are not looked at. */
const MAX_LENGTH = 16 * 1024;
const MAX_CHALLENGES = 32;

/**
 * The challenges of all WWW-Authenticate headers of a response, in order. A comma separates both the parameters of one
 * challenge and the challenges of one header, so a name counts as a parameter only if `=` follows (RFC 9110 §11.6.1).
 * What fits no grammar is passed over; never throws.
 */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((header) => parseHeader(header.slice(0, MAX_LENGTH))).slice(0, MAX_CHALLENGES);
}

interface OpenChallenge {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
  token68?: string;
}

function parseHeader(header: string): Challenge[] {
  const found: OpenChallenge[] = [];
  const scanner = new Scanner(header);
  for (;;) {
    scanner.take(BLANKS_AND_COMMAS);
    if (scanner.atEnd()) return found;
    const name = scanner.take(TOKEN).toLowerCase();
    if (name === '') scanner.take(JUNK);
    else if (scanner.take(EQUALS) !== '') addParameter(found.at(-1), name, scanner.takeValue());
    else found.push(openChallenge(name, scanner));
  }
}

function addParameter(challenge: OpenChallenge | undefined, name: string, value: string): void {
  if (challenge !== undefined && !challenge.parameters.has(name)) challenge.parameters.set(name, value);
}

function openChallenge(scheme: string, scanner: Scanner): OpenChallenge {
  const token68 = scanner.takeToken68();
  return { scheme, parameters: new Map(), ...(token68 !== undefined && { token68 }) };
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** What `pattern` (sticky) matches here, possibly nothing; moves past it. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += match.length;
    return match;
  }

  /** A token68 counts only if the challenge ends with it; otherwise it is the beginning of a parameter. */
  takeToken68(): string | undefined {
    const start = this.#at;
    this.take(BLANKS);
    const value = this.take(TOKEN68);
    this.take(BLANKS);
    if (value !== '' && (this.atEnd() || this.#text.charAt(this.#at) === ',')) return value;
    this.#at = start;
    return undefined;
  }

  takeValue(): string {
    return this.#text.charAt(this.#at) === '"' ? this.#takeQuoted() : this.take(BARE_VALUE);
  }

  /** quoted-string, RFC 9110 §5.6.4; one without its closing quote ends with the header. */
  #takeQuoted(): string {
    let value = '';
    for (this.#at++; !this.atEnd(); this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '"') {
        this.#at++;
        return value;
      }
      if (char === '\\') this.#at++;
      value += this.#text.charAt(this.#at);
    }
    return value;
  }
}
