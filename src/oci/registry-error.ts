import { CodedError, type CodedErrorOptions } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { OciError } from './error-body.ts';

/** What is known of a refused request. */
export interface RegistryErrorDetails {
  readonly method: string;
  /** Redacted: no userinfo, no secret query values. */
  readonly url: string;
  readonly status: number;
  /** The answer's own error list, distribution-spec 1.1 "Error Codes"; may be empty. */
  readonly errors: readonly OciError[];
}

/** A registry, or a token server on its behalf, answered, and the answer is no. */
export class RegistryError extends CodedError {
  readonly details: RegistryErrorDetails;

  constructor(code: ErrorCode, message: string, details: RegistryErrorDetails, options: CodedErrorOptions = {}) {
    super(code, message, options);
    this.details = details;
  }
}
