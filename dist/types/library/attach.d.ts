import type { Annotations } from '../oci/descriptor.js';
import { type Digest } from '../oci/digest.js';
import type { AttachOutcome, AttachSettings } from '../referrers/attach-types.js';
import type { BlobSource, ManifestTarget } from '../store/store.js';
/** A file of an artifact. */
export interface AttachFile {
    /**
     * `org.opencontainers.image.title`: the name that tools give the file when they pull it. A relative path that every
     * system can write, without `..`; no two of an artifact may be one on a system without case.
     */
    readonly title: string;
    /** Default `application/octet-stream`. */
    readonly mediaType?: string;
    /** The bytes, or where they come from with their digest and size. */
    readonly content: Uint8Array | BlobSource;
}
/** One artifact, to be attached to one subject. */
export interface AttachRequest extends AttachSettings {
    /** The image's digest, or its tag: `{ tag: '1.4' }`. Of a multi-platform image it is the index. */
    readonly target: ManifestTarget;
    readonly artifactType: string;
    /** The layers, in order; none makes an artifact of annotations alone. */
    readonly files: readonly AttachFile[];
    readonly annotations?: Annotations;
}
/** What became of the artifact. */
export interface AttachedArtifact {
    readonly digest: Digest;
    readonly subject: Digest;
    /** `unchanged`: an equal one was there. `planned`: a dry run. */
    readonly status: Exclude<AttachOutcome['status'], 'failed'>;
    /** Others find it by the referrers API, or by the fallback tag; undefined in a dry run that did not ask. */
    readonly via: 'api' | 'tag-schema' | undefined;
    /** Digests that `ifExists: 'replace'` removed, or in a dry run would remove. */
    readonly replaces: readonly Digest[];
}
/**
 * Attaches one artifact to an image, and reads it back from the registry's list before it says so. The same input gives
 * the same digest. Throws a CodedError that says what is on the registry and what is not; before any request
 * `input-invalid` or `input-conflict` for titles.
 */
export declare function attach(request: AttachRequest): Promise<AttachedArtifact>;
