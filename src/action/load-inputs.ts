import { type RegistryOptions, registryOptions } from '../commands/common-options.ts';
import type { CommandSpec, OptionSpec, OptionSpecs, ParsedOptions } from '../commands/option-spec.ts';
import { parseCommandName, parseOptions, type RawOptions } from '../commands/parse-options.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The input of the root action that says which command is meant. */
export const COMMAND_INPUT = 'command';

const PREFIX = 'INPUT_';

/**
 * The inputs as the runner passes them, by name: `INPUT_` and the name in upper case, spaces as underscores and
 * hyphens kept (actions/runner, Handler.AddInputsToEnvironment). Every declared input is there; unset ones are empty.
 */
export function readInputs(env: Env): RawOptions {
  const inputs = new Map<string, readonly string[]>();
  for (const [key, text] of Object.entries(env)) {
    if (key.startsWith(PREFIX)) inputs.set(key.slice(PREFIX.length).toLowerCase(), [text ?? '']);
  }
  return inputs;
}

/**
 * The typed inputs of one command. The runner only warns of an input that action.yml does not have, so a slip of the
 * pen would change what a run does without a word: here it is an error. `others` are the commands that share the
 * action.yml; given, the input `command` is known, too.
 * Throws `input-unknown`, `input-conflict` or `input-invalid`.
 */
export function loadInputs<Specs extends OptionSpecs>(
  command: CommandSpec<Specs>,
  env: Env,
  others: readonly CommandSpec[] = [],
): ParsedOptions<Specs> {
  const inputs = new Map(readInputs(env));
  if (others.length > 0) inputs.delete(COMMAND_INPUT);
  for (const name of evaluatedDefaults(others)) if (!Object.hasOwn(command.options, name)) inputs.delete(name);
  return parseOptions(command, inputs, inputLabel, others);
}

/** Inputs that the runner gives a value although nobody set them: of another command they say nothing. */
function evaluatedDefaults(others: readonly CommandSpec[]): string[] {
  return others.flatMap(({ options }) =>
    Object.entries<OptionSpec>(options).flatMap(([name, { actionDefault }]) =>
      actionDefault === undefined ? [] : name,
    ),
  );
}

/** How to reach the registry, and as whom: for the post step, whose inputs are those of its main step. */
export function loadRegistryInputs(env: Env): RegistryOptions {
  const inputs = [...readInputs(env)].filter(([name]) => Object.hasOwn(registryOptions, name));
  return parseOptions({ name: 'post', options: registryOptions }, new Map(inputs), inputLabel);
}

/** The command that the root action is asked for. Throws `command-unknown`. */
export function loadCommand<Command extends { readonly name: string }>(
  commands: readonly Command[],
  env: Env,
): Command {
  const text = readInputs(env).get(COMMAND_INPUT)?.join('').trim() ?? '';
  return parseCommandName(text, commands, inputLabel(COMMAND_INPUT));
}

function inputLabel(name: string): string {
  return `input "${name}"`;
}
