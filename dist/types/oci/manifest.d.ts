import { type Annotations, type Descriptor } from './descriptor.js';
import { type Digest } from './digest.js';
import { type SuspectEntry } from './index-entries.js';
interface ManifestBase {
    /** As the bytes say, else as the registry said, else guessed from the shape. */
    readonly mediaType: string;
    readonly digest: Digest;
    /** Bytes. */
    readonly size: number;
    readonly bytes: Uint8Array;
    /** The manifest's own `artifactType` field, if not empty. */
    readonly artifactType?: string;
    readonly annotations?: Annotations;
    readonly subject?: Descriptor;
}
/** An image manifest (which an artifact manifest is, too), image-spec 1.1 manifest.md. */
export interface ImageManifest extends ManifestBase {
    readonly kind: 'manifest';
    readonly config: Descriptor;
    readonly layers: readonly Descriptor[];
}
/** An image index or docker manifest list, image-spec 1.1 image-index.md. */
export interface ImageIndex extends ManifestBase {
    readonly kind: 'index';
    readonly manifests: readonly Descriptor[];
    /** Entries that are no valid descriptors. An image's index must have none; a list of referrers goes on without them. */
    readonly suspects: readonly SuspectEntry[];
}
/** A manifest of a type unknown here: its subject and annotations are read, the rest is opaque. */
export interface OtherManifest extends ManifestBase {
    readonly kind: 'other';
}
/** A manifest whose bytes were read, hashed and counted. */
export type Manifest = ImageManifest | ImageIndex | OtherManifest;
/** Bytes that any registry takes as a manifest: distribution-spec 1.1 "Pushing Manifests" asks for at least 4 MiB. */
export declare const MAX_MANIFEST_BYTES: number;
export interface ParseManifestOptions {
    readonly what: string;
    /** The Content-Type or descriptor type under which the bytes came. */
    readonly mediaType?: string | undefined;
    /** The digest that the caller has verified already; computed if absent. */
    readonly digest?: Digest;
}
/**
 * Bytes -> manifest. Throws `json-invalid` or `manifest-invalid`: for a document with both `manifests` and
 * `layers`/`config` (type confusion, CVE-2021-41190), for a key that is a field's name but for its case, for a
 * `mediaType` that differs from the one under which it came.
 */
export declare function parseManifest(bytes: Uint8Array, options: ParseManifestOptions): Manifest;
/**
 * The type under which a referrers list shows a manifest: its artifactType, else (image manifests only) the type of
 * its config; none for an index without one. distribution-spec 1.1 "Listing Referrers". The empty config type is no
 * type: a manifest with nothing else gives none.
 */
export declare function effectiveArtifactType(manifest: Manifest): string | undefined;
/** The descriptor of a manifest as a list of referrers has to show it: type and annotations from the bytes. */
export declare function referrerDescriptorOf(manifest: Manifest): Descriptor;
/** Whether the bytes are those of a digest, whatever algorithm they were found under. */
export declare function isSameManifest(manifest: Manifest, digest: Digest): boolean;
/** The bare {mediaType, digest, size} of a manifest: what `subject` fields hold. */
export declare function plainDescriptorOf(item: Descriptor | Manifest): Descriptor;
export {};
