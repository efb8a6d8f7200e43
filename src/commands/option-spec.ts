/**
 * What a command declares about each of its inputs, once. The Action's inputs, the CLI's flags, action.yml, the README
 * tables, the help texts and the types of the parsed values all come from these declarations.
 */

/** Headings that help texts and tables are divided by, in this order. */
export const OPTION_GROUPS = ['what', 'policy', 'sign', 'how', 'filter', 'output', 'credentials', 'registry'] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

interface OptionBase {
  /** One or two sentences in Markdown without line breaks. The first sentence says what it is. */
  readonly help: string;
  readonly group: OptionGroup;
  /** What stands for the value in a help text: `IMAGE`, `SECONDS`. Default: the kind's own word. */
  readonly placeholder?: string;
  /** A value that parses, for tables and tests. */
  readonly example?: string;
  /** Masked in the Action's log and never printed. */
  readonly secret?: true;
  /** An expression that stands as the default in action.yml: `${{ github.token }}`. */
  readonly actionDefault?: string;
  /** The CLI takes the value from this environment variable when the flag is absent. */
  readonly env?: string;
  /** Makes sense only in a shell of one's own; action.yml does not have it. */
  readonly cliOnly?: true;
  /** A permission of the workflow token that the option needs, as in `packages: write`. */
  readonly permission?: string;
  /** The option whose value this one gives in another way: where that is required, this will do. */
  readonly provides?: string;
  /** Names of options that must be given too. */
  readonly requires?: readonly string[];
  /** Names of options that cannot be given together with this one. */
  readonly conflictsWith?: readonly string[];
}

export interface StringOption extends OptionBase {
  readonly kind: 'string';
  readonly default?: string;
}

/** `true` or `false` (YAML 1.2 core schema: also True, TRUE, ...); on the CLI `--name` and `--no-name`. */
export interface BooleanOption extends OptionBase {
  readonly kind: 'boolean';
  readonly default?: boolean;
}

/** A whole number. With `all`, the word `all` is Infinity. */
export interface IntegerOption extends OptionBase {
  readonly kind: 'integer';
  readonly default?: number;
  readonly min: number;
  readonly max: number;
  readonly all?: true;
}

/** A duration in seconds, decimals allowed; the parsed value is seconds, too. */
export interface SecondsOption extends OptionBase {
  readonly kind: 'seconds';
  readonly default?: number;
  readonly min: number;
  readonly max: number;
}

export interface EnumOption extends OptionBase {
  readonly kind: 'enum';
  readonly values: readonly string[];
  readonly default?: string;
}

/**
 * Several values, one a line, trimmed; empty lines are passed over. On the CLI the flag may be repeated. With `commas`
 * a line may hold several, divided by commas. With `values` each must be one of them.
 */
export interface LinesOption extends OptionBase {
  readonly kind: 'lines';
  readonly commas?: true;
  readonly values?: readonly string[];
  readonly default?: readonly string[];
}

export type OptionSpec = StringOption | BooleanOption | IntegerOption | SecondsOption | EnumOption | LinesOption;

/** Options by their names as users write them, in kebab case. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** An output of the Action. */
export interface OutputSpec {
  readonly help: string;
}

/** A command as the shells and the generators see it. */
export interface CommandSpec<Options extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly options: Options;
  /** Options that the CLI also takes without their flag: the first operand, then all that follow. */
  readonly positionals: readonly string[];
  /** Outputs of the Action; a command without them is for the CLI alone. */
  readonly outputs?: Readonly<Record<string, OutputSpec>>;
  /** Whole command lines for the help text. */
  readonly examples: readonly string[];
}

export type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** What a declaration's value is once parsed; `undefined` where it is unset and has no default. */
export type OptionValue<Option extends OptionSpec> = Option extends BooleanOption
  ? boolean | Unset<Option>
  : Option extends LinesOption
    ? Option extends { readonly values: readonly (infer Value extends string)[] }
      ? readonly Value[]
      : readonly string[]
    : Option extends EnumOption
      ? Option['values'][number] | Unset<Option>
      : Option extends IntegerOption | SecondsOption
        ? number | Unset<Option>
        : string | Unset<Option>;

type Unset<Option> = Option extends { readonly default: string | number | boolean } ? never : undefined;

/** The parsed options of a command: `artifact-type` is `artifactType`. */
export type ParsedOptions<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs & string as CamelCase<Name>]: OptionValue<Specs[Name]>;
};

/** Keeps the literal types of a declaration, so that ParsedOptions can tell them. */
export function defineOptions<const Specs extends OptionSpecs>(specs: Specs): Specs {
  return specs;
}

export function defineCommand<const Specs extends OptionSpecs>(command: CommandSpec<Specs>): CommandSpec<Specs> {
  return command;
}

export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
