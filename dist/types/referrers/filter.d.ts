import type { Descriptor } from '../oci/descriptor.js';
/** Which referrers are asked for. Types are alternatives; annotations must all hold. Empty matches everything. */
export interface ReferrerFilter {
    /** Exact artifact types, or globs with `*` and `?`. Compared bytewise. */
    readonly artifactTypes: readonly string[];
    /** A key that must be there, with this value if one is given. */
    readonly annotations: readonly {
        readonly key: string;
        readonly value?: string;
    }[];
}
export declare const MATCH_ALL: ReferrerFilter;
/** Whether a descriptor, its type and annotations taken from the manifest, is asked for. One without a type matches no type. */
export declare function matchesFilter(descriptor: Descriptor, filter: ReferrerFilter): boolean;
export declare function matchesTypes(artifactType: string | undefined, wanted: readonly string[]): boolean;
/** The type to send as `?artifactType=`: only where one exact type is asked for. */
export declare function serverSideType(filter: ReferrerFilter): string | undefined;
export declare function isMatchAll(filter: ReferrerFilter): boolean;
