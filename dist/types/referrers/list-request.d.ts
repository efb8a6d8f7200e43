import type { Warning } from '../errors/warning.js';
import type { Platform } from '../oci/descriptor.js';
import type { ManifestTarget, Store } from '../store/store.js';
import type { CapabilityMemory } from './capability.js';
import type { ReferrerFilter } from './filter.js';
import type { DistributionSpec, ReferrerSource } from './types.js';
export interface ListReferrersRequest {
    readonly store: Store;
    /** The image as the user wrote it; default `repository:tag` or `repository@digest`. */
    readonly requested?: string | undefined;
    readonly target: ManifestTarget;
    /** Which platforms of an index are looked at besides the index itself, default all. */
    readonly platforms?: readonly Platform[] | 'all' | 'none' | undefined;
    /** Whether the image's own manifest (the index) is looked at; default true unless platforms are named. */
    readonly includeIndex?: boolean | undefined;
    /** Default all four. */
    readonly sources?: readonly ReferrerSource[] | undefined;
    /** Default `auto`. */
    readonly distributionSpec?: DistributionSpec | undefined;
    /** Selects rows; default every row. It is applied here whatever the registry claims to have applied. */
    readonly filter?: ReferrerFilter | undefined;
    /** Levels of referrers, default 1; Infinity follows them to the end. */
    readonly depth?: number | undefined;
    /** Prove rows from bytes, and look whether each platform is there; default true. */
    readonly verify?: boolean | undefined;
    /** Rows that are proved, the first so many in the order of the tree; default 200. */
    readonly verifyLimit?: number | undefined;
    /**
     * Save requests on the registry's word that there is nothing: `OCI-Referrers: absent` where one sends it, and tags
     * that `tags/list` does not show. Default true; a gate says false.
     */
    readonly trustHints?: boolean | undefined;
    readonly capabilities?: CapabilityMemory | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onWarning?: ((warning: Warning) => void) | undefined;
}
/** The image for messages. */
export declare function nameOfRequest({ requested, store, target }: ListReferrersRequest): string;
