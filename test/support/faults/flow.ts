import type { EmbeddedRegistry } from '../../../src/embedded/embedded-registry.ts';
import type { CodedError } from '../../../src/errors/coded-error.ts';

/** What a run of a flow ended with: a result, or errors that say why there is none. */
export interface FlowEnd {
  /** One word for the table: `done`, `pass`, `error`... */
  readonly word: string;
  readonly errors: readonly CodedError[];
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
  /** The fault is a lie that HTTP cannot show: what the registry said may be reported. */
  readonly lies: boolean;
  /** It strikes again whenever the request is repeated. */
  readonly lasting: boolean;
  /** The proxy's certificate, where it speaks TLS. */
  readonly caFile?: string | undefined;
}

export interface Flow {
  readonly name: string;
  prepare(): Promise<FlowWorld>;
}
