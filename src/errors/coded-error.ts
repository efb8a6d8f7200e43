import { ERROR_EXIT_CODES, type ErrorCode, type ExitCode } from './codes.ts';

/** What may accompany an error besides its message. */
export interface CodedErrorOptions {
  /** What the user can do about it, one or two sentences. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** An input file and position that a workflow annotation can point at. */
  readonly location?: SourceLocation | undefined;
}

/** A place in a file of the user, 1-based. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * The one base of every error that leaves this project: a stable `code`, a message that says what, where,
 * expected and got, and a `hint` that says what to do.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;

  constructor(code: ErrorCode, message: string, options: CodedErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
    this.location = options.location;
  }

  get exitCode(): ExitCode {
    return ERROR_EXIT_CODES[this.code];
  }
}

/**
 * Anything thrown, as a CodedError: the reason of an AbortSignal becomes `aborted`, what is not known `internal`, with
 * the original as its cause.
 */
export function toCodedError(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  if (thrown instanceof DOMException && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError')) {
    return new CodedError('aborted', thrown.message, { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CodedError('internal', message || 'unknown error', {
    cause: thrown,
    hint: 'This is a defect of oci-referrers: please report it with the debug log (RUNNER_DEBUG=1).',
  });
}

/** Whether `thrown` is a CodedError with one of the codes. */
export function hasCode(thrown: unknown, ...codes: readonly ErrorCode[]): thrown is CodedError {
  return thrown instanceof CodedError && codes.includes(thrown.code);
}
