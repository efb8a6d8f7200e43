import { CodedError } from '../errors/coded-error.ts';
import { nearName } from '../errors/near-name.ts';
import type { IntegerOption, LinesOption, OptionSpec, SecondsOption } from './option-spec.ts';

/** A parsed value of any kind. */
export type AnyOptionValue = string | number | boolean | readonly string[] | undefined;

const TRUE = ['true', 'True', 'TRUE'];
const FALSE = ['false', 'False', 'FALSE'];

/**
 * The texts that were given for one option -> its value; none, or nothing but blanks, is its default. Of several, lines
 * join and for every other kind the last one counts. `label` is the option as the user wrote it, for messages.
 * Throws `input-invalid`.
 */
export function parseOption(spec: OptionSpec, texts: readonly string[], label: string): AnyOptionValue {
  const given = texts.filter((text) => text.trim() !== '');
  const last = given.at(-1);
  if (last === undefined) return spec.kind === 'lines' ? (spec.default ?? []) : spec.default;
  const text = last.trim();
  switch (spec.kind) {
    case 'string':
      // a blank may belong to a secret; the line break that a file or `echo` ends with does not
      return spec.secret ? last.replace(/\r?\n$/, '') : text;
    case 'lines':
      return parseLines(spec, given, label);
    case 'boolean':
      return parseBoolean(text, label);
    case 'enum':
      return parseMember(spec.values, text, label);
    case 'integer':
      return parseInteger(spec, text, label);
    case 'seconds':
      return parseSeconds(spec, text, label);
  }
}

/** YAML 1.2 core schema, as @actions/core reads booleans. */
function parseBoolean(text: string, label: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw invalid(label, text, 'true or false');
}

function parseMember(values: readonly string[], text: string, label: string): string {
  if (values.includes(text)) return text;
  const near = nearName(text, values);
  throw invalid(label, text, `one of ${values.join(', ')}`, near && `Did you mean ${near}?`);
}

function parseInteger(spec: IntegerOption, text: string, label: string): number {
  if (spec.all && text === 'all') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (/^[0-9]+$/.test(text) && value >= spec.min && value <= spec.max) return value;
  throw invalid(label, text, `a whole number from ${spec.min} to ${spec.max}${spec.all ? ', or all' : ''}`);
}

function parseSeconds(spec: SecondsOption, text: string, label: string): number {
  const value = Number(text);
  if (/^[0-9]+(?:\.[0-9]+)?$/.test(text) && value >= spec.min && value <= spec.max) return value;
  throw invalid(label, text, `seconds from ${spec.min} to ${spec.max}, as a plain number`);
}

function parseLines(spec: LinesOption, texts: readonly string[], label: string): readonly string[] {
  const separator = spec.commas ? /[\r\n,]+/ : /[\r\n]+/;
  const lines = texts
    .flatMap((text) => text.split(separator))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const { values } = spec;
  return values === undefined ? lines : lines.map((line) => parseMember(values, line, label));
}

function invalid(label: string, text: string, expected: string, hint?: string): CodedError {
  return new CodedError('input-invalid', `${label}: expected ${expected}, got ${JSON.stringify(text)}`, { hint });
}
