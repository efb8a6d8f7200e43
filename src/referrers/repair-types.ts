import type { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Digest } from '../oci/digest.ts';
import type { Store } from '../store/store.ts';
import type { CapabilityMemory } from './capability.ts';
import type { Clock } from './clock.ts';
import type { DistributionSpec } from './types.ts';

/** How a manifest came to be known: by the list itself, a tag of its own, a digest that somebody gave, or an enumeration. */
export type RepairSource = 'list' | 'unique-tag' | 'given' | 'enumerated';

export interface RepairRequest {
  readonly store: Store;
  readonly subjects: readonly Digest[];
  /** Digests of referrers of any of the subjects; of one that is none, `onWarning` hears `digest-passed-over`. */
  readonly given?: readonly Digest[] | undefined;
  /** Digests of whatever the repository holds: what refers to none of the subjects is passed over. */
  readonly enumerated?: readonly Digest[] | undefined;
  /** Look for tags of the referrers' own in `tags/list`; default true. */
  readonly uniqueTags?: boolean | undefined;
  /** Say what would be done, write nothing; default false. */
  readonly dryRun?: boolean | undefined;
  readonly distributionSpec?: DistributionSpec | undefined;
  readonly capabilities?: CapabilityMemory | undefined;
  /** See FallbackUpdateOptions; also what lies between the two times that an absent manifest is asked for. */
  readonly settleMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

export interface RepairedEntry {
  readonly digest: Digest;
  /** Of the manifest's bytes; undefined where they could not be had. */
  readonly artifactType: string | undefined;
  readonly sources: readonly RepairSource[];
  /** `unread`: it could not be looked at, and stays as it is. */
  readonly change: 'kept' | 'added' | 'corrected' | 'removed' | 'unread';
  /** For people. */
  readonly why: string;
}

/** The list of one subject. */
export interface RepairedSubject {
  readonly subject: Digest;
  /**
   * `sound`: nothing to do. `repaired`: written, and seen to stand. `planned`: a dry run that would write. `api`: the
   * registry keeps the list itself. `failed`: `error` says why; nothing is said of what the list holds.
   */
  readonly status: 'sound' | 'repaired' | 'planned' | 'api' | 'failed';
  readonly entries: readonly RepairedEntry[];
  /** Of the subject as a whole. */
  readonly error?: CodedError | undefined;
  /**
   * Why the list may not be whole all the same: tags of referrers' own that could not be listed or read, or entries that
   * name no manifest and are left as they are.
   */
  readonly unlooked: readonly CodedError[];
}
