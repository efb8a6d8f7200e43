import type { Annotations } from '../oci/descriptor.js';
/** Every format that is recognised from its content, in the order in which they are tried. docs/detection.md has the table. */
export declare const EVIDENCE_KINDS: readonly ['sigstore-bundle', 'dsse', 'in-toto', 'notation-jws', 'notation-cose', 'simplesigning', 'cyclonedx-json', 'cyclonedx-xml', 'spdx-json', 'spdx-tag-value', 'spdx3-json', 'sarif', 'openvex', 'csaf'];
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
/** One thing that a document says it is about: algorithm (`sha256`) -> lower-case hex. */
export interface ClaimedSubject {
    readonly name: string | undefined;
    readonly digest: Readonly<Record<string, string>>;
}
/**
 * What a document itself says it is about, nothing of it proved.
 * - `none`: the format names no subject by digest (an SBOM), or left it out.
 * - `subjects`: it is about these, and about nothing else; an empty list is about nothing.
 * - `unreadable`: it should name a subject, but what it names could not be read.
 * - `every`: it holds several documents, and each says for itself.
 */
export type SubjectClaim = {
    readonly kind: 'none';
} | {
    readonly kind: 'every';
    readonly claims: readonly SubjectClaim[];
} | {
    readonly kind: 'subjects';
    readonly subjects: readonly ClaimedSubject[];
} | {
    readonly kind: 'unreadable';
    readonly reason: string;
};
/** A document of a known format. Recognised only: no signature was checked. */
export interface Evidence {
    readonly kind: EvidenceKind;
    /** RFC 6838, without parameters. */
    readonly artifactType: string;
    /** Media type of the layer that holds the document. */
    readonly mediaType: string;
    /** What the format's own tools expect, or look for, in the manifest. */
    readonly annotations: Annotations;
    /** The same for the layer's descriptor, besides its title. */
    readonly layerAnnotations: Annotations;
    /** of the in-toto statement inside, if there is one */
    readonly predicateType?: string;
    readonly claim: SubjectClaim;
}
/** A document that is of no known format, and why. `reason` continues the sentence "its type is not known: ...". */
export interface UnknownEvidence {
    readonly kind: 'unknown';
    readonly reason: string;
    /**
     * Not `none` where it bears the marks of a format that names subjects: who reads less strictly than we do would find
     * a subject in it, so it must not pass for a document without one.
     */
    readonly claim: SubjectClaim;
}
export type Detection = Evidence | UnknownEvidence;
/** What a format says of a document: it is mine; nearly, but this is wrong; or nothing (undefined). */
export type Recognition = Evidence | NearMiss | undefined;
export interface NearMiss {
    readonly kind: 'near-miss';
    /** Continues the sentence "it looks like <format>, but ...". */
    readonly reason: string;
}
export declare function nearMiss(reason: string): NearMiss;
type EvidenceParts = Pick<Evidence, 'kind' | 'artifactType'> & Partial<Evidence>;
/** Evidence with what most formats leave out filled in: the layer has the artifact's type, no annotations, no claim. */
export declare function buildEvidence(parts: EvidenceParts): Evidence;
export declare function unknownEvidence(reason: string, claim?: SubjectClaim): UnknownEvidence;
/**
 * The end of a search: evidence as it is, a near miss or nothing as an unknown document with its reason.
 * `namesSubjects`: the format does, so that a near miss of it claims what cannot be read.
 */
export declare function settleRecognition(recognition: Recognition, title: string, otherwise: () => string, namesSubjects?: boolean): Detection;
export {};
