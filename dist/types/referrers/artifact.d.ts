import type { Annotations, Descriptor } from '../oci/descriptor.js';
import { type Digest } from '../oci/digest.js';
import type { BlobSource } from '../store/store.js';
/** A file of an artifact: its descriptor, the title in its annotations, and where its bytes come from. */
export interface ArtifactLayer {
    readonly descriptor: Descriptor;
    open(): AsyncIterable<Uint8Array>;
}
/** Something to attach: what its manifest will say, except the subject. */
export interface Artifact {
    readonly artifactType: string;
    readonly layers: readonly ArtifactLayer[];
    readonly annotations?: Annotations | undefined;
    /**
     * Keys of annotations that say when it was made, not what it is (`org.opencontainers.image.created` from
     * SOURCE_DATE_EPOCH): an artifact that differs in them alone is equal. Default none: what a user gave counts.
     */
    readonly volatileAnnotations?: readonly string[] | undefined;
    /**
     * Made this moment, so that nothing equal can be there (a signature): it is pushed, whatever `if-exists` says, and
     * takes nothing's place. Default false.
     */
    readonly fresh?: boolean | undefined;
}
/** An artifact with its subject: the manifest's bytes, and so its digest, are fixed. */
export interface BoundArtifact {
    readonly artifact: Artifact;
    readonly subject: Descriptor;
    readonly bytes: Uint8Array;
    readonly digest: Digest;
    /** As a list of referrers shows it. */
    readonly descriptor: Descriptor;
}
/** The same artifact and subject give the same bytes and digest: nothing in them depends on when or where. */
export declare function bindArtifact(artifact: Artifact, subject: Descriptor): BoundArtifact;
export declare function blobOf(layer: ArtifactLayer): BlobSource;
export declare function titlesOf(layers: readonly Descriptor[]): string[];
/** Bytes of the manifest and its layers together. */
export declare function sizeOf(bound: BoundArtifact): number;
