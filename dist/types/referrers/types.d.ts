import type { Warning } from '../errors/warning.js';
import type { Descriptor, Platform } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { Manifest } from '../oci/manifest.js';
/** Where referrers are looked for. */
export declare const REFERRER_SOURCES: readonly ['api', 'tag-schema', 'in-index', 'cosign-tags'];
export type ReferrerSource = (typeof REFERRER_SOURCES)[number];
/** The user's word on how referrers are kept: the API with the tag schema as its fallback, or one of them only. */
export declare const DISTRIBUTION_SPECS: readonly ['auto', 'v1.1-referrers-api', 'v1.1-referrers-tag'];
export type DistributionSpec = (typeof DISTRIBUTION_SPECS)[number];
/** One referrer of one subject. */
export interface Referrer {
    /** Type and annotations as the bytes say where `verified`, as the list says otherwise. */
    readonly descriptor: Descriptor;
    readonly subject: Digest;
    /** Every source that it was seen in, in the order of REFERRER_SOURCES. */
    readonly sources: readonly ReferrerSource[];
    /** The manifest was fetched by digest, hashed, counted, and its subject compared. */
    readonly verified: boolean;
    /** Whether the filter selects it. A row that is not selected may lead to one that is (depth). */
    readonly selected: boolean;
    /** Set where the manifest was read. */
    readonly manifest?: Manifest;
    /** Its own referrers, with depth over 1; empty otherwise. */
    readonly referrers: readonly Referrer[];
}
/** A source that could not be looked at, for one subject. */
export interface UnreadSource {
    readonly source: ReferrerSource;
    readonly subject: Digest;
    /** The error's code and message. */
    readonly code: string;
    readonly reason: string;
    /** What the user can do about it, where the error says so. */
    readonly hint?: string;
}
/** A subject (the image's index or manifest, an index inside it, or one of its platforms) and what refers to it. */
export interface SubjectNode {
    readonly descriptor: Descriptor;
    readonly platform?: Platform;
    /** An index inside the image's own. Its `platform` is a hint of the index that names it. */
    readonly isNestedIndex?: boolean;
    /**
     * The index names it, the registry does not hold it (a sparse index). Its referrers were asked for all the same.
     * Without `verify` nobody looks, and it is false.
     */
    readonly missing: boolean;
    /** Its manifest could not be read: whether the registry holds it, nobody can say. The error's code and message. */
    readonly unreadable?: {
        readonly code: string;
        readonly reason: string;
    };
    readonly referrers: readonly Referrer[];
    /** The platforms of an index that were asked for; of a nested index all of them. */
    readonly children: readonly SubjectNode[];
}
/** How the registry keeps referrers, as far as this run learned. */
export type ReferrersCapability = 'api' | 'tag-schema' | 'unknown';
export interface ReferrersTree {
    /** `ghcr.io/acme/app` or `oci-layout:DIR`. */
    readonly repository: string;
    /** As the user asked for it. */
    readonly requested: string;
    readonly root: SubjectNode;
    readonly capability: ReferrersCapability;
    /** Every source that was asked for could be looked at, for every subject, and every platform could be read. */
    readonly complete: boolean;
    readonly unread: readonly UnreadSource[];
    readonly warnings: readonly Warning[];
}
