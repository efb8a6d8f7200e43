import { parseArgs } from 'node:util';
import type { CommandSpec, OptionSpec, OptionSpecs, ParsedOptions } from '../commands/option-spec.ts';
import { parseOptions, type RawOptions } from '../commands/parse-options.ts';
import { CodedError } from '../errors/coded-error.ts';

/** The words after the command's name -> its typed options. Throws `input-unknown`, `input-invalid`, `input-conflict`. */
export function parseCommandLine<Specs extends OptionSpecs>(
  command: CommandSpec<Specs>,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedOptions<Specs> {
  const { flags, operands } = splitWords(command, words);
  placeOperands(command, operands, flags);
  return parseOptions(command, flags, formatFlag, [], fallbacksFrom(command, env));
}

/** Whether help is asked for, whatever else the words say. */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

export function formatFlag(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

interface SplitWords {
  readonly flags: Map<string, string[]>;
  readonly operands: readonly string[];
}

function splitWords(command: CommandSpec, words: readonly string[]): SplitWords {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { kind }]) => [
      name,
      { type: kind === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  // not strict: what is wrong is said in this project's words, with the near name
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, text } = readFlag(command, token);
    flags.set(name, [...(flags.get(name) ?? []), text]);
  }
  return { flags, operands };
}

interface FlagToken {
  readonly name: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function readFlag(command: CommandSpec, token: FlagToken): { readonly name: string; readonly text: string } {
  const spec = specOf(command, token.name);
  const positive = token.name.replace(/^no-/, '');
  if (spec === undefined && specOf(command, positive)?.kind === 'boolean' && token.value === undefined) {
    return { name: positive, text: 'false' };
  }
  if (spec === undefined) return { name: token.name, text: token.value ?? 'true' };
  if (spec.kind === 'boolean') return { name: token.name, text: token.value ?? 'true' };
  return { name: token.name, text: requireValue(token) };
}

/** `--files --dry-run` is more likely a value forgotten than a file of that name. */
function requireValue({ name, value, inlineValue }: FlagToken): string {
  if (value !== undefined && (inlineValue || value === '-' || !value.startsWith('-'))) return value;
  throw new CodedError('input-invalid', `${formatFlag(name)} needs a value`, {
    hint: value === undefined ? undefined : `To give it the value ${value}, write ${formatFlag(name)}=${value}.`,
  });
}

/** Each operand takes the place of the next option; the last option, if it holds several values, takes the rest. */
function placeOperands(command: CommandSpec, operands: readonly string[], flags: Map<string, string[]>): void {
  // with the image given by a flag, operands begin with what comes after it
  const imageIsGiven = flags.has('image') || flags.has('subject-name');
  const places = command.positionals.filter((name) => name !== 'image' || !imageIsGiven);
  const last = places.at(-1);
  const rest = last !== undefined && specOf(command, last)?.kind === 'lines' ? last : undefined;
  operands.forEach((operand, at) => {
    const place = places[at] ?? rest;
    if (place === undefined) {
      throw new CodedError('input-invalid', `unexpected ${JSON.stringify(operand)} after ${command.name}`, {
        hint: `See oci-referrers ${command.name} --help.`,
      });
    }
    flags.set(place, [...(flags.get(place) ?? []), operand]);
  });
}

function fallbacksFrom(command: CommandSpec, env: Readonly<Record<string, string | undefined>>): RawOptions {
  const found = Object.entries(command.options).flatMap(([name, { env: variable }]): [string, string[]][] => {
    const text = variable === undefined ? undefined : env[variable];
    return text ? [[name, [text]]] : [];
  });
  return new Map(found);
}

function specOf(command: CommandSpec, name: string): OptionSpec | undefined {
  return Object.hasOwn(command.options, name) ? command.options[name] : undefined;
}
