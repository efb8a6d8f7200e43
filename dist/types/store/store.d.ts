import type { CodedError } from '../errors/coded-error.js';
import type { Purpose } from '../net/types.js';
import type { Descriptor } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
import type { SuspectEntry } from '../oci/index-entries.js';
import type { Manifest } from '../oci/manifest.js';
/** A digest, or a tag. */
export type ManifestTarget = Digest | {
    readonly tag: string;
};
export interface ReadOptions {
    readonly purpose?: Purpose;
    /** The type under which a list names a manifest, if any: where Accept decides what is found, it is asked for, too. */
    readonly mediaType?: string | undefined;
    readonly signal?: AbortSignal | undefined;
}
/** A manifest whose bytes were hashed and counted, with what the answer said besides. */
export interface FetchedManifest {
    readonly manifest: Manifest;
    /** The validator of the answer, if there was one: for If-Match. */
    readonly etag?: string;
    /** `OCI-Referrers` of the answer (a proposal, distribution-spec issue 454): a hint for this moment, never cached. */
    readonly referrersHint?: ReferrersHint;
}
export interface ReferrersHint {
    readonly present?: boolean;
    /** `OCI-Referrers-Artifact-Types`: every type among the referrers. */
    readonly artifactTypes?: readonly string[];
}
export interface PushManifestRequest {
    readonly bytes: Uint8Array;
    readonly mediaType: string;
    readonly target: ManifestTarget;
    /** Only if what the target holds has this validator; `none`: only if there is nothing. Registries may ignore it. */
    readonly precondition?: {
        readonly match: string;
    } | 'none';
    readonly signal?: AbortSignal | undefined;
}
export interface PushManifestResult {
    readonly digest: Digest;
    /** The value of `OCI-Subject`, if the answer had one. It proves the referrers API only if it equals the subject. */
    readonly ociSubject?: string;
}
/** A blob to be pushed: its digest and size were found from its bytes before. */
export interface BlobSource {
    readonly digest: Digest;
    /** Bytes. */
    readonly size: number;
    /** A fresh stream of the bytes; called again for each attempt. */
    open(): AsyncIterable<Uint8Array>;
}
export interface PushBlobOptions {
    /** The upload may be prepared at once, but no byte goes out before this resolves; if it rejects, the session is cancelled. */
    readonly proceed?: Promise<unknown>;
    /** The blob may well be there already (the empty config): ask before sending. */
    readonly likelyPresent?: boolean;
    /** False: the bytes are sent, whatever the store says that it holds. Default true. */
    readonly mount?: boolean;
    readonly onProgress?: ((sent: number) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}
/** The answer of the referrers API: a list, or the definite word that there is no such API. Anything else throws. */
export type ReferrersAnswer = {
    readonly supported: true;
    /** All pages joined; not deduplicated, not filtered by us. Hints until the bytes prove them. */
    readonly descriptors: readonly Descriptor[];
    /** Entries that are no valid descriptors; none if absent. */
    readonly suspects?: readonly SuspectEntry[];
    /** Whether the registry says that it applied the artifactType filter (`OCI-Filters-Applied`); telemetry only. */
    readonly filtered: boolean;
    readonly pages: number;
} | {
    readonly supported: false;
    /** The answer that says so, for people. */
    readonly reason: string;
    /** False: it settles this question, but is no ground to skip the next one (a web page answered). Default true. */
    readonly lasting?: boolean;
};
export interface ListReferrersOptions extends ReadOptions {
    /** Sent as `?artifactType=`; the registry may ignore it. */
    readonly artifactType?: string | undefined;
    /** Called with what the pages so far hold; true ends the paging early (a read-back that found what it looked for). */
    readonly enough?: ((descriptors: readonly Descriptor[]) => boolean) | undefined;
    /** Called with a page that another one follows, before that is asked for. */
    readonly onPage?: ((descriptors: readonly Descriptor[]) => void) | undefined;
}
export interface ListTagsOptions extends ReadOptions {
    readonly maxPages: number;
    /**
     * To whom `complete` is proof: where the registry names no next page, what comes after the last tag is asked for
     * always, not only where the number of tags looks like the size of a page. One request more.
     */
    readonly certain?: boolean | undefined;
}
export interface TagList {
    readonly tags: ReadonlySet<string>;
    /** False when there were, or may be, more pages than were read: a tag that is not in `tags` may still exist. */
    readonly complete: boolean;
    /** Why what follows could not be read, where the registry failed at it. */
    readonly error?: CodedError;
}
/**
 * One repository: in a registry, or an OCI layout on disk. Every method throws a CodedError when it could not look or
 * could not do; `undefined` always means a definite "not there".
 */
export interface Store {
    readonly kind: 'registry' | 'layout';
    /** `ghcr.io/acme/app` or `oci-layout:DIR`. */
    readonly name: string;
    /** How often its user lets a question be asked again whose answer may have been too early; default as often as it is worth it. */
    readonly retries?: number | undefined;
    /** undefined: the store says, definitely, that there is no such manifest. By digest the bytes must hash to it. */
    findManifest(target: ManifestTarget, options?: ReadOptions): Promise<FetchedManifest | undefined>;
    pushManifest(request: PushManifestRequest): Promise<PushManifestResult>;
    /** Throws `delete-refused` where the registry does not allow it. False: it was not there. */
    deleteManifest(digest: Digest): Promise<boolean>;
    /** Resolves once the store took the blob. `written` false: it says that it held it before, which nothing has proved. */
    pushBlob(blob: BlobSource, options?: PushBlobOptions): Promise<{
        readonly written: boolean;
    }>;
    /** The bytes, hashed and counted as they pass: the last chunk comes only if they are right (`digest-mismatch`). */
    openBlob(descriptor: Descriptor, options?: ReadOptions): AsyncIterable<Uint8Array>;
    listReferrers(subject: Digest, options?: ListReferrersOptions): Promise<ReferrersAnswer>;
    listTags(options: ListTagsOptions): Promise<TagList>;
}
