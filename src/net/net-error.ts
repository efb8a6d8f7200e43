import { CodedError, type CodedErrorOptions } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import { redactUrl } from './redact.ts';
import type { HttpMethod } from './types.ts';

/** How far a request had come when it failed. In `connect` no byte of it can have reached the server. */
export type NetPhase = 'connect' | 'request' | 'body';

/** The request that an error is about. */
export interface NetErrorContext {
  readonly method: HttpMethod;
  readonly url: URL;
  /** How many times the request has been tried, this one included. */
  readonly attempts: number;
  readonly phase: NetPhase;
}

export interface NetErrorOptions extends CodedErrorOptions {
  /** Whether the same request may well succeed a moment later. */
  readonly transient?: boolean;
}

/** A request without an answer, or with one that cannot be used. */
export class NetError extends CodedError {
  readonly method: HttpMethod;
  /** Redacted. */
  readonly url: string;
  readonly attempts: number;
  readonly phase: NetPhase;
  readonly transient: boolean;

  constructor(code: ErrorCode, what: string, context: NetErrorContext, options: NetErrorOptions = {}) {
    const url = redactUrl(context.url);
    const tries = context.attempts > 1 ? ` (after ${context.attempts} attempts)` : '';
    super(code, `${context.method} ${url}: ${what}${tries}`, options);
    this.method = context.method;
    this.url = url;
    this.attempts = context.attempts;
    this.phase = context.phase;
    this.transient = options.transient ?? false;
  }
}
