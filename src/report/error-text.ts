import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import { escapeTerminal, escapeWorkflowData, escapeWorkflowProperty } from './escape.ts';
import { plainStyle, type TextStyle } from './text-style.ts';

const MAX_CAUSES = 5;

/** An error for a terminal: what, the hint, the place in an input file, and what led to it. One entry a line. */
export function renderErrorLines(error: CodedError, style: TextStyle = plainStyle): string[] {
  return [
    `${style.bad(`error[${error.code}]`)}: ${escapeTerminal(error.message)}`,
    ...locationLines(error),
    ...(error.hint === undefined ? [] : [`  hint: ${escapeTerminal(error.hint)}`]),
    ...causeTexts(error).map((text) => style.dim(`  cause: ${escapeTerminal(text)}`)),
  ];
}

/**
 * The same as a workflow command, which GitHub shows as an annotation: `::error title=code::message`. `page`, a URL that
 * says more, is its last line.
 */
export function renderErrorCommand(error: CodedError, page?: string): string {
  const message = page === undefined ? errorMessage(error) : `${errorMessage(error)}\n${page}`;
  return renderCommand('error', error.code, message, {
    file: error.location?.file,
    line: error.location?.line,
    col: error.location?.column,
  });
}

/** What an annotation says: message, hint and causes, a line each. Not escaped. */
export function errorMessage(error: CodedError): string {
  const causes = causeTexts(error).map((text) => `Cause: ${oneLine(text)}`);
  return [oneLine(error.message), ...(error.hint === undefined ? [] : [oneLine(error.hint)]), ...causes].join('\n');
}

/** What a warning says, with what it is about in front unless the message names it. Not escaped. */
export function warningText({ message, subject }: Warning): string {
  return subject === undefined || message.includes(subject) ? message : `${subject}: ${message}`;
}

/** A workflow command with a title. Untrusted text in it is escaped here. */
export function renderCommand(
  command: 'error' | 'warning' | 'notice',
  title: string,
  message: string,
  place: {
    readonly file?: string | undefined;
    readonly line?: number | undefined;
    readonly col?: number | undefined;
  } = {},
): string {
  const properties = Object.entries({ ...place, title })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${escapeWorkflowProperty(String(value))}`);
  return `::${command} ${properties.join(',')}::${escapeWorkflowData(message)}`;
}

function locationLines(error: CodedError): string[] {
  const { location } = error;
  if (location === undefined) return [];
  const position = [location.file, location.line, location.column].filter((part) => part !== undefined).join(':');
  return [`  at: ${escapeTerminal(position)}`];
}

/** Messages of the chain of causes, without what the error says itself. */
function causeTexts(error: CodedError): string[] {
  const seen = new Set<unknown>([error]);
  const texts: string[] = [];
  let said = error.message;
  const queue: unknown[] = [error.cause];
  while (queue.length > 0 && texts.length < MAX_CAUSES) {
    const cause = queue.shift();
    if (cause === undefined || cause === null || seen.has(cause)) continue;
    seen.add(cause);
    const text = causeText(cause);
    if (text !== '' && !said.includes(text)) {
      texts.push(text);
      said = `${said}\n${text}`;
    }
    if (cause instanceof AggregateError) queue.push(...cause.errors);
    if (cause instanceof Error) queue.push(cause.cause);
  }
  return texts;
}

function causeText(cause: unknown): string {
  if (cause instanceof CodedError) return `${cause.code}: ${cause.message}`;
  return cause instanceof Error ? cause.message : String(cause);
}

function oneLine(text: string): string {
  return escapeTerminal(text);
}
