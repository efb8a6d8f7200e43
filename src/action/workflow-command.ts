/**
 * Workflow commands that carry a value as it is: what the runner unescapes equals what was given. For text that people
 * read, report/error-text.ts has commands that also defuse it. The same encoding as in @actions/core, which is too
 * heavy to load before the first request.
 */
export type ValueCommand = 'add-mask' | 'debug' | 'group' | 'endgroup';

export function formatWorkflowCommand(command: ValueCommand, value = ''): string {
  return `::${command}::${value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`;
}
