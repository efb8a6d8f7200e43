import type { Warning } from '../errors/warning.ts';
import type { BlobCache } from '../gate/blob-cache.ts';
import type { HttpClient } from '../net/types.ts';
import type { Reference } from '../oci/reference.ts';
import type { CapabilityMemory } from '../referrers/capability.ts';
import type { Store } from '../store/store.ts';

/** Progress of one upload, reported as bytes go out. */
export interface UploadProgress {
  readonly title: string;
  /** Bytes so far, and in all. */
  readonly sent: number;
  readonly total: number;
}

/**
 * What a command gets from its shell. A command prints nothing, reads no environment and sets no exit code: it asks
 * here and returns a value.
 */
export interface CommandContext {
  /** The repository of a reference as a store; the same store for the same repository. */
  readonly openStore: (reference: Reference) => Promise<Store>;
  /** For what is no registry (a token service, GitHub's API): the run's client, with its proxies, retries and end. */
  readonly http: Pick<HttpClient, 'request'>;
  /** What is known of repositories from before; default nothing. */
  readonly capabilities?: CapabilityMemory;
  /** Bytes of earlier runs by their digest; default none. */
  readonly blobs?: BlobCache;
  /** Relative paths of inputs start here; files outside it are refused (GITHUB_WORKSPACE, else the current folder). */
  readonly workspace: string;
  /** Files may lie anywhere: the command line's user names them and sees them; default false. */
  readonly readsAnywhere?: boolean;
  /** How the shell speaks of an option in messages; default by its name. */
  readonly labelOption?: (name: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Ends the run: the total deadline, or an interrupt. */
  readonly signal: AbortSignal;
  /** One step of the work in words, for a log. Untrusted text in it is escaped by the shell. */
  readonly onStep?: (message: string) => void;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** A warning at the moment it arises; it stands in the result, too. */
  readonly onWarning?: (warning: Warning) => void;
  /** Called with each secret that is learned, before it is used. */
  readonly onSecret?: (value: string) => void;
}
