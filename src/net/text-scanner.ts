/** Reads a header value from left to right. */
export class TextScanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, '' at the end. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** Passes over `character` if it is next, and says whether it was. */
  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at++;
    return true;
  }

  /** Passes over any of `characters`. */
  skip(characters: string): void {
    while (!this.atEnd && characters.includes(this.peek())) this.#at++;
  }

  /** What stands before the next of `characters`, or before the end. */
  until(characters: string): string {
    const start = this.#at;
    while (!this.atEnd && !characters.includes(this.peek())) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  /** The content of a quoted-string with its quoted-pairs resolved (RFC 9110 §5.6.4); undefined if it does not end. */
  quotedString(): string | undefined {
    if (!this.take('"')) return undefined;
    let content = '';
    while (!this.atEnd) {
      const character = this.#text.charAt(this.#at++);
      if (character === '"') return content;
      content += character === '\\' && !this.atEnd ? this.#text.charAt(this.#at++) : character;
    }
    return undefined;
  }
}
