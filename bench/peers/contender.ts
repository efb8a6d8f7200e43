/** What a contender is asked to do in one run. */
export interface Order {
  readonly act: Act;
  /** `host/repository`, through the proxy. */
  readonly name: string;
  readonly host: string;
  /** The image: `:1`, or `@sha256:...` where there is no tag. */
  readonly reference: string;
  /** In the contender's working folder. */
  readonly file: string;
  readonly folder: string;
  /** A user of the registry, if it asks for one. */
  readonly user: { readonly name: string; readonly password: string } | undefined;
  /** Platforms of the image, `linux/amd64` and so on; empty for an image without an index. */
  readonly platforms: readonly string[];
}

export type Act = 'attach' | 'attach-platforms' | 'sign' | 'list' | 'list-deep' | 'list-many' | 'verify' | 'upload';

export interface Command {
  readonly path: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Processes one after the other, or a message to a process that is warm. */
export type Job = { readonly commands: readonly Command[] } | { readonly warm: 'ours' | 'sigstore-oci' };

/** A client as users run it. */
export interface Contender {
  readonly name: string;
  /** What its ratios are to: our Action, or our warm library. */
  readonly beside: 'action' | 'library';
  /** The work, or why it does not do this. */
  job(order: Order): Job | { readonly cannot: string };
}

export const ARTIFACT_TYPE = 'application/vnd.acme.report.v1+json';
export const FILE_TYPE = 'application/json';
export const PREDICATE = 'https://acme.example/checked/v1';
