import { mkdir } from 'node:fs/promises';
import type { Digest } from '../oci/digest.ts';
import { answerRequest } from './answer-request.ts';
import type { AuthOptions } from './auth/auth-options.ts';
import { makeGate } from './auth/registry-gate.ts';
import { startListener, type TlsKeyPair } from './listener.ts';
import type { Quirks } from './quirks.ts';
import type { Origins, RegistryContext } from './registry-context.ts';
import { DiskRepositories, MemoryRepositories, type Repositories } from './repositories.ts';
import { type LoggedRequest, RequestLog } from './request-log.ts';
import { UploadSessions } from './upload-sessions.ts';
import { VisibilityLag } from './visibility-lag.ts';

export interface EmbeddedRegistryOptions {
  /** ROOT/<repository>/ becomes an OCI image layout. Default: everything in memory. */
  readonly root?: string | undefined;
  /** Default 0: any free one. */
  readonly port?: number | undefined;
  /** Address to listen on, default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Default: nobody is asked who they are. */
  readonly auth?: AuthOptions | undefined;
  readonly tls?: TlsKeyPair | undefined;
  /**
   * Listen on a second port, too, where nobody is asked for credentials: cross-origin locations and redirects lead
   * there. Its requests stand in the same log, with another `host`.
   */
  readonly secondOrigin?: boolean | undefined;
  readonly quirks?: Quirks | undefined;
}

/** A running registry. */
export interface EmbeddedRegistry extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `127.0.0.1:PORT`, as it stands in an image name. */
  readonly host: string;
  /** Where the layouts are; undefined: in memory. */
  readonly root: string | undefined;
  /** The second origin's URL, if there is one. */
  readonly secondUrl: string | undefined;
  /** Every switch, to be set or cleared at any time. */
  readonly quirks: Quirks;
  /** Every request since the start or the last clearLog, in order of arrival. */
  readonly log: readonly LoggedRequest[];
  /** The longest chain of requests in the log each of which came after the one before was answered. */
  rounds(): number;
  clearLog(): void;
  /** Bearer tokens that were given out are worth nothing from now on. */
  revokeTokens(): void;
  /** Upload sessions that were neither closed nor cancelled. */
  readonly openUploads: number;
  /** In ASCII order; empty for a repository that does not exist. */
  tagsOf(repository: string): Promise<string[]>;
  /** Digests of the manifests that were pushed, in order. */
  manifestsOf(repository: string): Promise<Digest[]>;
  /** Whether the repository holds the bytes of a blob or manifest. */
  holds(repository: string, digest: Digest): Promise<boolean>;
  /** Ends every connection; nothing is left running. May be called again; `await using` does it at the end of a scope. */
  close(): Promise<void>;
}

/** Starts a distribution-spec 1.1 registry in this process. */
export async function startEmbeddedRegistry(options: EmbeddedRegistryOptions = {}): Promise<EmbeddedRegistry> {
  const quirks: Quirks = { ...options.quirks };
  const repositories = await openRepositories(options.root);
  const uploads = new UploadSessions(repositories);
  const origins: { -readonly [K in keyof Origins]: Origins[K] } = { first: '', second: undefined };
  const context: RegistryContext = { repositories, uploads, quirks, lag: new VisibilityLag(), origins };
  const gate = makeGate(options.auth);
  const log = new RequestLog();

  const { host = '127.0.0.1', port = 0, tls } = options;
  const first = await startListener({ host, port, tls }, log, (request) => answerRequest(context, gate, request));
  const second =
    options.secondOrigin === true
      ? await startListener({ host, port: 0, tls }, log, (request) => answerRequest(context, undefined, request))
      : undefined;
  origins.first = first.origin;
  origins.second = second?.origin;

  const close = async (): Promise<void> => {
    await Promise.all([first.close(), second?.close()]);
    await uploads.cancelAll();
  };
  return {
    url: first.origin,
    host: first.host,
    root: options.root,
    secondUrl: second?.origin,
    quirks,
    get log() {
      return log.entries;
    },
    rounds: () => log.rounds,
    clearLog: () => log.clear(),
    revokeTokens: () => gate.revokeTokens(),
    get openUploads() {
      return uploads.count;
    },
    ...introspection(repositories),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function openRepositories(root: string | undefined): Promise<Repositories> {
  if (root === undefined) return new MemoryRepositories();
  await mkdir(root, { recursive: true });
  return new DiskRepositories(root);
}

function introspection(repositories: Repositories): Pick<EmbeddedRegistry, 'tagsOf' | 'manifestsOf' | 'holds'> {
  return {
    tagsOf: async (repository) => ((await (await repositories.find(repository))?.tags()) ?? []).sort(),
    manifestsOf: async (repository) => {
      const index = await (await repositories.find(repository))?.backend.readIndex();
      return [...new Set(index?.entries.map((entry) => entry.descriptor.digest))];
    },
    holds: async (repository, digest) => {
      const layout = await repositories.find(repository);
      return (await layout?.backend.blobSize(digest)) !== undefined;
    },
  };
}
