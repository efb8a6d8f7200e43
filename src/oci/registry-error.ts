import { CodedError, type CodedErrorOptions } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { OciError } from './error-body.ts';

/** What a registry, or a token server for it, answered where it should have done something else. */
export interface RegistryErrorContext extends CodedErrorOptions {
  readonly method: string;
  /** Redacted: no userinfo, no secret query values. */
  readonly url: string;
  readonly status: number;
  /** The body's error list; may be empty. */
  readonly errors?: readonly OciError[];
}

/** A CodedError that comes from an answer: it carries the request and what was said. */
export class RegistryError extends CodedError {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly errors: readonly OciError[];

  constructor(code: ErrorCode, message: string, context: RegistryErrorContext) {
    super(code, message, context);
    this.method = context.method;
    this.url = context.url;
    this.status = context.status;
    this.errors = context.errors ?? [];
  }
}
