import { CodedError } from '../errors/coded-error.ts';
import { nearName } from '../errors/near-name.ts';
import { type CommandSpec, camelCase, type OptionSpec, type OptionSpecs, type ParsedOptions } from './option-spec.ts';
import { type AnyOptionValue, parseOption } from './parse-option.ts';

/** What a shell found, as text: option name -> the texts given for it, in order. */
export type RawOptions = ReadonlyMap<string, readonly string[]>;

/** How a shell speaks of an option in messages: `input "image"`, `--image`. */
export type Labeller = (name: string) => string;

/**
 * Raw texts -> the typed options of a command. An option whose texts are all blank is unset. `fallbacks` (environment
 * variables) fill in for what is unset and are not held against `requires` and `conflictsWith`.
 * Throws `input-unknown`, `input-conflict` or `input-invalid`.
 */
export function parseOptions<Specs extends OptionSpecs>(
  command: Pick<CommandSpec<Specs>, 'name' | 'options'>,
  raw: RawOptions,
  label: Labeller,
  others: readonly CommandSpec[] = [],
  fallbacks: RawOptions = new Map(),
): ParsedOptions<Specs> {
  const given = [...raw].filter(([, texts]) => texts.some((text) => text.trim() !== '')).map(([name]) => name);
  // a name that nobody knows is a slip of the pen even without a value: an expression may have come out empty
  const known = [command, ...others].flatMap(({ options }) => Object.keys(options));
  const asked = [...raw.keys()].filter((name) => given.includes(name) || !known.includes(name));
  const unknown = asked.filter((name) => !Object.hasOwn(command.options, name));
  if (unknown.length > 0) throw unknownError(unknown, command, label, others);
  const specs = Object.entries<OptionSpec>(command.options);
  for (const [name, spec] of specs)
    if (given.includes(name)) checkCompany(name, spec, command, given, fallbacks, label);
  const values: Record<string, AnyOptionValue> = {};
  for (const [name, spec] of specs) {
    const texts = given.includes(name) ? raw.get(name) : fallbacks.get(name);
    values[camelCase(name)] = parseOption(spec, texts ?? [], label(name));
  }
  return values as ParsedOptions<Specs>;
}

/** Text -> one of the commands. Throws `command-unknown`. */
export function parseCommandName<Command extends { readonly name: string }>(
  text: string,
  commands: readonly Command[],
  label: string,
): Command {
  const found = commands.find((command) => command.name === text);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name);
  const near = nearName(text, names);
  const got = text === '' ? 'got none' : `got ${JSON.stringify(text)}`;
  throw new CodedError('command-unknown', `${label}: expected one of ${names.join(', ')}, ${got}`, {
    hint: near && `Did you mean ${near}?`,
  });
}

/** All of them, so that one run tells of all. */
function unknownError(
  names: readonly string[],
  command: Pick<CommandSpec, 'name' | 'options'>,
  label: Labeller,
  others: readonly CommandSpec[],
): CodedError {
  const slips = names.map((name) => ({ name, ...describeUnknown(name, command, label, others) }));
  const hints = slips.map(({ name, hint }) => (slips.length === 1 ? hint : `${label(name)}: ${hint}`));
  return new CodedError('input-unknown', slips.map(({ message }) => message).join('; '), { hint: hints.join(' ') });
}

function describeUnknown(
  name: string,
  command: Pick<CommandSpec, 'name' | 'options'>,
  label: Labeller,
  others: readonly CommandSpec[],
): { readonly message: string; readonly hint: string } {
  const owners = others.filter((other) => Object.hasOwn(other.options, name)).map((other) => other.name);
  return owners.length > 0
    ? {
        message: `${label(name)} belongs to command ${owners.join(', ')}, not to ${command.name}`,
        hint: `Leave it out, or use command ${owners[0]}.`,
      }
    : {
        message: `${label(name)} is not known to command ${command.name}`,
        hint: hintFor(name, command, label, others),
      };
}

function hintFor(
  name: string,
  command: Pick<CommandSpec, 'name' | 'options'>,
  label: Labeller,
  others: readonly CommandSpec[],
): string {
  const near = nearName(name, Object.keys(command.options));
  if (near !== undefined) return `Did you mean ${label(near)}?`;
  for (const other of others) {
    const theirs = nearName(name, Object.keys(other.options));
    if (theirs !== undefined) return `Did you mean ${label(theirs)}? It belongs to command ${other.name}.`;
  }
  return `Known: ${Object.keys(command.options).join(', ')}.`;
}

function checkCompany(
  name: string,
  spec: OptionSpec,
  command: Pick<CommandSpec, 'options'>,
  given: readonly string[],
  fallbacks: RawOptions,
  label: Labeller,
): void {
  const clash = spec.conflictsWith?.find((other) => given.includes(other));
  if (clash !== undefined) {
    throw new CodedError('input-conflict', `${label(name)} and ${label(clash)} cannot be given together`, {
      hint: 'Give one of them.',
    });
  }
  const missing = spec.requires?.find((other) => !fallbacks.has(other) && !given.some(gives(other, command)));
  if (missing !== undefined) {
    throw new CodedError('input-conflict', `${label(name)} needs ${label(missing)}, which is not set`, {
      hint: `Give both, or neither.`,
    });
  }
}

function gives(wanted: string, command: Pick<CommandSpec, 'options'>): (name: string) => boolean {
  return (name) => name === wanted || command.options[name]?.provides === wanted;
}
