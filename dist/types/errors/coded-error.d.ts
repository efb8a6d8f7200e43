import { type ErrorCode, type ExitCode } from './codes.js';
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
export declare class CodedError extends Error {
    readonly code: ErrorCode;
    readonly hint: string | undefined;
    readonly location: SourceLocation | undefined;
    constructor(code: ErrorCode, message: string, options?: CodedErrorOptions);
    get exitCode(): ExitCode;
}
/**
 * Anything thrown, as a CodedError: the reason of an AbortSignal becomes `aborted`, what is not known `internal`, with
 * the original as its cause.
 */
export declare function toCodedError(thrown: unknown): CodedError;
/** Whether `thrown` is a CodedError with one of the codes. */
export declare function hasCode(thrown: unknown, ...codes: readonly ErrorCode[]): thrown is CodedError;
