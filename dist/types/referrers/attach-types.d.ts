import type { CodedError } from '../errors/coded-error.js';
import type { Warning } from '../errors/warning.js';
import type { Descriptor, Platform } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { Store } from '../store/store.js';
import type { Artifact, BoundArtifact } from './artifact.js';
import type { CapabilityMemory } from './capability.js';
import type { Clock } from './clock.js';
import type { DistributionSpec } from './types.js';
export declare const IF_EXISTS: readonly ['skip', 'add', 'replace'];
export type IfExists = (typeof IF_EXISTS)[number];
/** A subject, and what is to be attached to it. */
export interface AttachTarget {
    /** Exactly {mediaType, digest, size} of the subject's bytes. */
    readonly subject: Descriptor;
    readonly platform?: Platform | undefined;
    readonly artifacts: readonly Artifact[];
}
export interface AttachSettings {
    readonly store: Store;
    /** Default `skip`. */
    readonly ifExists?: IfExists | undefined;
    /** Look, say what would be done, write nothing. */
    readonly dryRun?: boolean | undefined;
    /** Default `auto`. */
    readonly distributionSpec?: DistributionSpec | undefined;
    readonly capabilities?: CapabilityMemory | undefined;
    /** Where lists are kept by tag, give each referrer a tag of its own, too, from which a list can be built again; default false. */
    readonly uniqueTags?: boolean | undefined;
    /** Least wait before the second look after a write of the fallback list, milliseconds, default 250. */
    readonly settleMs?: number | undefined;
    /** Default the system's. */
    readonly clock?: Clock | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onWarning?: ((warning: Warning) => void) | undefined;
    readonly onProgress?: ((progress: {
        readonly title: string;
        readonly sent: number;
        readonly total: number;
    }) => void) | undefined;
}
/** What became of one artifact on one subject. */
export type AttachOutcome = {
    readonly target: AttachTarget;
    readonly bound: BoundArtifact;
    /** Removed, or in a dry run to be removed, by `if-exists: replace`. */
    readonly replaces: readonly Digest[];
} & ({
    readonly status: 'attached' | 'replaced';
    readonly digest: Digest;
    readonly via: 'api' | 'tag-schema';
}
/** `digest` is the equal artifact that is there. */
 | {
    readonly status: 'unchanged';
    readonly digest: Digest;
    readonly via: 'api' | 'tag-schema';
} | {
    readonly status: 'planned';
    readonly digest: Digest;
    readonly via: 'api' | 'tag-schema' | undefined;
}
/** `standing`: the manifest that is on the registry all the same; or that it took, where that could not be looked at. */
 | {
    readonly status: 'failed';
    readonly error: CodedError;
    readonly standing?: Digest | undefined;
});
