import type { EmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { CodedError } from '../../../src/errors/coded-error.ts';
import type { FaultClass } from './fault-kinds.ts';

/** What a run of a flow ended with: a result, or errors that say why there is none. */
export interface FlowEnd {
  /** One word for messages: `attached`, `pass`, `incomplete`... */
  readonly word: string;
  /** It came to the result that it comes to where nothing goes wrong. */
  readonly reached: boolean;
  readonly errors: readonly CodedError[];
  /** Whatever else says what could not be looked at: reasons of gaps and of candidates that were not read. */
  readonly said: readonly string[];
  /** Codes of the warnings. */
  readonly warnings: readonly string[];
  /** What is wrong with it, whatever the fault was: a lost entry, a wrong verdict. Empty when it is right. */
  readonly wrongs: readonly string[];
}

/** One world of its own: a registry with what the flow needs, and the flow to be run through a proxy. */
export interface FlowWorld {
  readonly registry: EmbeddedRegistry;
  /** Runs the flow once against `host`, the proxy before the registry, and judges what came of it. */
  run(host: string, options: FlowOptions): Promise<FlowEnd>;
  close(): Promise<void>;
}

export interface FlowOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** How well the fault can be seen for what it is. */
  readonly class: FaultClass;
  /** It strikes again whenever the request is repeated. */
  readonly lasting: boolean;
}

export interface Flow {
  readonly name: string;
  prepare(): Promise<FlowWorld>;
}

/** The login of every flow's registry, as its own set-up sends it. */
export const AUTHORIZATION = `Basic ${Buffer.from('user:secret-of-user').toString('base64')}`;

/** What every flow's registry asks for. */
export const ASKS_FOR_PASSWORD = { kind: 'basic', users: { user: { password: 'secret-of-user' } } } as const;
