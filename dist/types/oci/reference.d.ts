import { type Digest } from './digest.js';
/** A repository in a registry, and what in it is meant. At least one of tag and digest is set by parseReference. */
export interface RegistryReference {
    readonly kind: 'registry';
    /** host[:port] as the user says it: `ghcr.io`, `docker.io`, `localhost:5000`, `[::1]:5000`. */
    readonly registry: string;
    /** distribution-spec `<name>`, e.g. `acme/app`. */
    readonly repository: string;
    readonly tag?: string;
    readonly digest?: Digest;
}
/** An OCI image layout directory, and what in it is meant. */
export interface LayoutReference {
    readonly kind: 'layout';
    readonly directory: string;
    readonly tag?: string;
    readonly digest?: Digest;
}
export type Reference = RegistryReference | LayoutReference;
/** A reference, and what was forgiven on the way. */
export interface ParsedReference {
    readonly reference: Reference;
    /** Set when upper-case letters of the name were lowered: the name as given. */
    readonly loweredFrom?: string;
}
export declare const LAYOUT_PREFIX = "oci-layout:";
export declare function isTag(text: string): boolean;
/**
 * Text -> reference: `[oci://]host/name[:tag][@digest]` or `oci-layout:DIR[:tag][@digest]`. A name without a host is
 * Docker Hub's, as docker reads it; without tag and digest the tag is `latest`, unless `defaultTag` says null.
 * Throws `reference-invalid` or `digest-invalid`.
 */
export declare function parseReference(text: string, options?: {
    readonly defaultTag?: string | null;
}): ParsedReference;
/** The repository part: `ghcr.io/acme/app` or `oci-layout:DIR`. */
export declare function formatRepository(reference: Reference): string;
export declare function formatReference(reference: Reference): string;
