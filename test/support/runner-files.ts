import assert from 'node:assert/strict';

/**
 * The key-value files of the runner (GITHUB_OUTPUT, GITHUB_STATE): `name=value` lines, or `name<<DELIMITER`, lines, and
 * DELIMITER (actions/runner, FileCommandManager.cs). Fails where the runner would fail the step.
 */
export function parseKeyValueFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      values[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    assert.ok(heredoc > 0, `the runner refuses this line: ${line}`);
    const delimiter = line.slice(heredoc + 2);
    const end = lines.indexOf(delimiter, at + 1);
    assert.ok(delimiter !== '' && end > 0, `no end of ${line}`);
    values[line.slice(0, heredoc)] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return values;
}

/** A workflow command that the runner found in a step's output. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** `::name key=value,...::message`, unescaped; undefined for any other line (actions/runner, ActionCommand.cs). */
export function parseWorkflowCommand(line: string): WorkflowCommand | undefined {
  const match = /^\s*::([^\s:]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line);
  if (match === null) return undefined;
  const properties = (match[2] ?? '')
    .split(',')
    .filter((pair) => pair.includes('='))
    .map((pair): [string, string] => [
      pair.slice(0, pair.indexOf('=')).trim(),
      decode(pair.slice(pair.indexOf('=') + 1), true),
    ]);
  return { name: match[1] ?? '', properties: Object.fromEntries(properties), message: decode(match[3] ?? '', false) };
}

function decode(text: string, property: boolean): string {
  const data = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n');
  return (property ? data.replaceAll('%3A', ':').replaceAll('%2C', ',') : data).replaceAll('%25', '%');
}
