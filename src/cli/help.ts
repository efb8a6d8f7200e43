import { type CommandSpec, OPTION_GROUPS, type OptionGroup, type OptionSpec } from '../commands/option-spec.ts';

const HEADINGS: Readonly<Record<OptionGroup, string>> = {
  what: 'What',
  policy: 'Policy',
  sign: 'Sign',
  how: 'How',
  filter: 'Filter',
  output: 'Output',
  credentials: 'Credentials',
  registry: 'Registry',
};

const INDENT = 2;
const HELP_COLUMN = 32;
const MAX_WIDTH = 100;
const MIN_WIDTH = 64;

/** How wide help is in a terminal of `columns`; undefined: no terminal. */
export function helpWidth(columns: number | undefined): number {
  return columns === undefined ? MAX_WIDTH : Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns));
}

/** What `oci-referrers --help` says. */
export function renderMainHelp(commands: readonly CommandSpec[], width: number = MAX_WIDTH): string {
  const column = Math.max(...commands.map(({ name }) => name.length)) + 2 + INDENT;
  const rows = commands.flatMap(({ name, summary }) => hanging(name, plain(summary), column, width));
  const paragraph = (text: string): string[] => [...wrap(text, width), ''];
  return [
    'Usage: oci-referrers COMMAND [options]',
    '',
    ...paragraph('Attach, list and verify OCI referrers (SBOMs, attestations, signatures) on every registry.'),
    'Commands:',
    ...rows,
    '',
    ...paragraph('oci-referrers COMMAND --help shows the options of a command; oci-referrers --version the version.'),
    ...paragraph(
      'Exit codes: 0 done, or pass; 1 refused by the registry or by a stated precondition, or fail; 2 usage; 3 could not look, or unknown.',
    ),
  ].join('\n');
}

/** What `oci-referrers COMMAND --help` says. */
export function renderCommandHelp(command: CommandSpec, width: number = MAX_WIDTH): string {
  const sections = OPTION_GROUPS.flatMap((group) => {
    const options = Object.entries(command.options).filter(([, spec]) => spec.group === group);
    return options.length === 0
      ? []
      : ['', `${HEADINGS[group]}:`, ...options.flatMap(([name, spec]) => optionLines(name, spec, width))];
  });
  return [
    `Usage: oci-referrers ${command.name} ${usageOperands(command)}[options]`,
    '',
    ...wrap(plain(command.summary), width),
    ...sections,
    '',
    'Examples:',
    ...command.examples.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** `IMAGE [FILE...] `: the first operand is needed, the last may be several. */
function usageOperands({ positionals, options }: CommandSpec): string {
  return positionals
    .map((name, at) => {
      const word = options[name]?.placeholder ?? name.toUpperCase();
      const several = at === positionals.length - 1 && options[name]?.kind === 'lines' ? `${word}...` : word;
      return at === 0 ? `${several} ` : `[${several}] `;
    })
    .join('');
}

function optionLines(name: string, spec: OptionSpec, width: number): string[] {
  return hanging(flagOf(name, spec), plain(spec.help) + facts(spec), HELP_COLUMN, width);
}

function flagOf(name: string, spec: OptionSpec): string {
  if (spec.kind === 'boolean') return spec.default === false ? `--${name}` : `--[no-]${name}`;
  return `--${name} ${spec.placeholder ?? placeholderOf(spec)}`;
}

function placeholderOf(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'enum':
      return spec.values.join('|').length <= 24 ? spec.values.join('|') : 'MODE';
    case 'integer':
      return 'N';
    case 'seconds':
      return 'SECONDS';
    case 'string':
    case 'lines':
    case 'boolean':
      return 'TEXT';
  }
}

/** Default, environment variable, and whether it may be repeated. */
function facts(spec: OptionSpec): string {
  const parts = [
    ...(spec.kind === 'lines' ? ['may be repeated'] : []),
    ...(spec.kind === 'lines' && spec.default !== undefined ? [`default ${spec.default.join(', ')}`] : []),
    ...(spec.kind === 'boolean' && spec.default ? ['default on'] : []),
    ...((spec.kind === 'string' || spec.kind === 'enum' || spec.kind === 'integer' || spec.kind === 'seconds') &&
    spec.default !== undefined
      ? [`default ${spec.default}`]
      : []),
    ...(spec.env === undefined ? [] : [`from ${spec.env} if unset`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** Help is written as Markdown; a terminal shows it without the backticks. */
function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}

function hanging(head: string, text: string, column: number, width: number): string[] {
  const start = `${' '.repeat(INDENT)}${head}`;
  const [first = '', ...rest] = wrap(text, width - column);
  const fits = start.length + 2 <= column;
  return [
    ...(fits ? [`${start.padEnd(column)}${first}`] : [start, `${' '.repeat(column)}${first}`]),
    ...rest.map((line) => `${' '.repeat(column)}${line}`),
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
