import { type CommandSpec, OPTION_GROUPS, type OptionSpec } from '../../src/commands/option-spec.ts';
import { defaultText } from './default-text.ts';

/** The inputs of a command as a Markdown table, in the order of their groups. */
export function renderInputTable(command: CommandSpec): string {
  const rows = actionOptions(command).map(([name, spec]) => row(`\`${name}\``, defaultCell(spec), spec.help));
  return ['| Input | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
}

export function renderOutputTable(command: CommandSpec): string {
  const rows = Object.entries(command.outputs ?? {}).map(([name, { help }]) => row(`\`${name}\``, help));
  return ['| Output | Meaning |', '|---|---|', ...rows].join('\n');
}

/** The options that the Action has, group by group. */
export function actionOptions(command: CommandSpec): [string, OptionSpec][] {
  const options = Object.entries(command.options).filter(([, spec]) => !spec.cliOnly);
  return OPTION_GROUPS.flatMap((group) => options.filter(([, spec]) => spec.group === group));
}

function defaultCell(spec: OptionSpec): string {
  const text = defaultText(spec);
  return text === undefined ? '' : `\`${text.replaceAll('\n', ', ')}\``;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
