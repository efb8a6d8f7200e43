import type { UploadProgress } from '../commands/context.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { RequestTrace } from '../net/types.ts';
import type { PolicyProblem } from '../policy/policy-problems.ts';
import { renderCommand, renderErrorCommand, warningText } from '../report/error-text.ts';
import { escapeLogLine, escapeTerminal } from '../report/escape.ts';
import { createProgressMeter } from '../report/progress-meter.ts';
import { renderTraceLine } from '../report/trace-line.ts';
import { errorPage } from './error-page.ts';
import { formatWorkflowCommand } from './workflow-command.ts';

/** The log of a workflow step. Everything that reaches it is escaped here, so callers pass raw text. */
export interface ActionLog {
  readonly info: (text: string) => void;
  readonly error: (error: CodedError) => void;
  readonly warning: (warning: Warning) => void;
  /** A finding at a place in a file of the user. */
  readonly annotation: (annotation: Annotation) => void;
  /** Something wrong with a policy, at its line. */
  readonly problem: (problem: PolicyProblem) => void;
  readonly mask: (secret: string) => void;
  readonly progress: (progress: UploadProgress) => void;
  /** Set only while the step is debugged (RUNNER_DEBUG=1). */
  readonly trace: ((trace: RequestTrace) => void) | undefined;
  /** Lines of our own renderers, escaped by them, folded under a title. */
  readonly group: (title: string, lines: readonly string[]) => void;
}

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly place?: Parameters<typeof renderCommand>[3];
}

export function createActionLog(
  write: (text: string) => void,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number = () => performance.now(),
): ActionLog {
  const line = (text: string): void => write(`${text}\n`);
  const meter = createProgressMeter(now);
  return {
    info: (text) => line(escapeLogLine(text)),
    error: (error) => line(renderErrorCommand(error, errorPage(error.code, env))),
    warning: (warning) =>
      // a lowered name is what was meant, only spelt otherwise
      line(renderCommand(warning.code === 'name-lowered' ? 'notice' : 'warning', warning.code, warningText(warning))),
    annotation: ({ level, title, message, place }) => line(renderCommand(level, title, message, place)),
    problem: ({ message, hint, location }) =>
      line(renderErrorCommand(new CodedError('policy-invalid', message, { hint, location }))),
    mask: (secret) => line(formatWorkflowCommand('add-mask', secret)),
    progress: (progress) => {
      const text = meter(progress);
      if (text !== undefined) line(escapeLogLine(text));
    },
    trace:
      env['RUNNER_DEBUG'] === '1' ? (trace) => line(formatWorkflowCommand('debug', renderTraceLine(trace))) : undefined,
    group: (title, lines) => {
      const begin = formatWorkflowCommand('group', escapeTerminal(title));
      // at once: a write is a system call
      line([begin, ...lines.map(defuseCommand), formatWorkflowCommand('endgroup')].join('\n'));
    },
  };
}

/** A rendered line keeps its columns; the runner just finds no command in it. */
function defuseCommand(text: string): string {
  return text.replace(/^(\s*):(?=:)/, '$1\\x3a').replaceAll('##[', '#\\x23[');
}
