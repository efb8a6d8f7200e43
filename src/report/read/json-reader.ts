import { CodedError } from '../../errors/coded-error.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { isJsonObject, type JsonValue } from '../../oci/strict-json.ts';

/** A value of a report and where it stands; each method takes it for one kind, or throws `report-invalid`. */
export class JsonReader {
  readonly #value: JsonValue | undefined;
  /** For messages: `report.json: images[0].digest`. */
  readonly #what: string;

  constructor(value: JsonValue | undefined, what: string) {
    this.#value = value;
    this.#what = what;
  }

  /** The members of an object that has these keys and no other. */
  object<const Key extends string>(...keys: readonly Key[]): Readonly<Record<Key, JsonReader>> {
    const value = this.#value;
    if (!isJsonObject(value)) throw this.invalid('an object');
    const strange = Object.keys(value).find((key) => !keys.some((known) => known === key));
    if (strange !== undefined) throw this.invalid(`no key ${JSON.stringify(strange)}`);
    const members = keys.map((key): [Key, JsonReader] => {
      if (!Object.hasOwn(value, key)) throw this.invalid(`a key ${key}`);
      return [key, new JsonReader(value[key], `${this.#what}.${key}`)];
    });
    // one entry for each key, made above
    return Object.fromEntries(members) as Record<Key, JsonReader>;
  }

  list<T>(read: (item: JsonReader) => T): T[] {
    const value = this.#value;
    if (!Array.isArray(value)) throw this.invalid('an array');
    return value.map((item, at) => read(new JsonReader(item, `${this.#what}[${at}]`)));
  }

  /** An object as a map of texts. */
  texts(): Record<string, string> {
    const value = this.#value;
    if (!isJsonObject(value)) throw this.invalid('an object');
    return Object.fromEntries(
      Object.entries(value).map(([key, text]) => [key, new JsonReader(text, `${this.#what}.${key}`).text()]),
    );
  }

  /** null is undefined. */
  optional<T>(read: (one: JsonReader) => T): T | undefined {
    return this.#value === null ? undefined : read(this);
  }

  text(): string {
    if (typeof this.#value !== 'string') throw this.invalid('a text');
    return this.#value;
  }

  flag(): boolean {
    if (typeof this.#value !== 'boolean') throw this.invalid('true or false');
    return this.#value;
  }

  number(): number {
    if (typeof this.#value !== 'number') throw this.invalid('a number');
    return this.#value;
  }

  /** A whole number from 0. */
  count(): number {
    const value = this.number();
    if (!Number.isSafeInteger(value) || value < 0) throw this.invalid('a whole number');
    return value;
  }

  word<const Word extends string>(words: readonly Word[]): Word {
    const found = words.find((word) => word === this.#value);
    if (found === undefined) throw this.invalid(`one of ${words.join(', ')}`);
    return found;
  }

  digest(): Digest {
    const text = this.text();
    if (!isDigest(text)) throw this.invalid('a digest');
    return text;
  }

  /** RFC 3339 in UTC, with milliseconds, as reports are written. */
  time(): Date {
    const text = this.text();
    const time = new Date(text);
    if (Number.isNaN(time.getTime()) || time.toISOString() !== text) throw this.invalid('a time');
    return time;
  }

  invalid(expected: string): CodedError {
    return new CodedError('report-invalid', `${this.#what}: expected ${expected}`, {
      hint: 'Reports of the same version of oci-referrers can be joined, as the output report-path names them.',
    });
  }
}
