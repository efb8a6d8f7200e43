import type { Warning } from '../errors/warning.ts';
import type { Store } from '../store/store.ts';
import type { CapabilityMemory } from './capability.ts';
import type { ReferrerFilter } from './filter.ts';
import type { TagInventory } from './tag-inventory.ts';
import type { ReferrerSource } from './types.ts';

/** What the steps of one listing share. */
export interface ListSettings {
  readonly store: Store;
  readonly sources: ReadonlySet<ReferrerSource>;
  /** Ask the API / the referrers tag at all: sources and distribution-spec together. */
  readonly useApi: boolean;
  readonly useTagSchema: boolean;
  /** distribution-spec says API only: its absence is an error. */
  readonly requireApi: boolean;
  readonly filter: ReferrerFilter;
  /** Sent as `?artifactType=`, where the filter is one exact type and nothing below is asked for. */
  readonly serverType: string | undefined;
  readonly verify: boolean;
  readonly trustHints: boolean;
  readonly capabilities: CapabilityMemory;
  readonly inventory: TagInventory;
  readonly signal: AbortSignal | undefined;
  readonly warn: (warning: Warning) => void;
}
