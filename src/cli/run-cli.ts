import { parseCommandName } from '../commands/parse-options.ts';
import { toCodedError } from '../errors/coded-error.ts';
import type { ExitCode } from '../errors/codes.ts';
import { renderErrorLines } from '../report/error-text.ts';
import { VERSION } from '../version.ts';
import { CLI_COMMANDS, VISIBLE_COMMANDS } from './cli-command.ts';
import type { CliShell, TextSink } from './cli-shell.ts';
import { helpWidth, renderCommandHelp, renderMainHelp } from './help.ts';
import { asksForHelp, parseCommandLine } from './parse-command-line.ts';

/** Runs one command line, without the program's name; what went wrong stands on stderr. */
export async function runCli(words: readonly string[], shell: CliShell): Promise<ExitCode> {
  try {
    return await dispatch(words, shell);
  } catch (thrown) {
    const error = toCodedError(thrown);
    for (const line of renderErrorLines(error, shell.styles.stderr)) shell.stderr.write(`${line}\n`);
    return error.exitCode;
  }
}

async function dispatch(words: readonly string[], shell: CliShell): Promise<ExitCode> {
  const [first, ...rest] = joinName(words);
  if (first === '--version') return print(shell, `${VERSION}\n`);
  if (first === undefined) {
    shell.stderr.write(renderMainHelp(VISIBLE_COMMANDS, widthOf(shell.stderr)));
    return 2;
  }
  if (first === '--help' || first === '-h')
    return print(shell, renderMainHelp(VISIBLE_COMMANDS, widthOf(shell.stdout)));
  if (first === 'help') return dispatch([...rest, '--help'], shell);
  const group = VISIBLE_COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0 && asksForHelp(rest)) return print(shell, renderMainHelp(group, widthOf(shell.stdout)));
  const named = CLI_COMMANDS.find(({ spec }) => spec.name === first)?.spec;
  const { name } = named ?? parseCommandName(first, VISIBLE_COMMANDS, 'command');
  const command = CLI_COMMANDS.find(({ spec }) => spec.name === name);
  if (command === undefined) return 2;
  if (asksForHelp(rest)) return print(shell, renderCommandHelp(command.spec, widthOf(shell.stdout)));
  return command.run(parseCommandLine(command.spec, rest, shell.env), shell);
}

function widthOf({ isTTY, columns }: TextSink): number {
  return helpWidth(isTTY === true ? columns : undefined);
}

/** A command may have a name of two words: `policy check`. */
function joinName(words: readonly string[]): readonly string[] {
  const [first, second, ...rest] = words;
  const isGroup = CLI_COMMANDS.some(({ spec }) => spec.name.startsWith(`${first} `));
  return isGroup && second !== undefined && !second.startsWith('-') ? [`${first} ${second}`, ...rest] : words;
}

function print(shell: CliShell, text: string): ExitCode {
  shell.stdout.write(text);
  return 0;
}
