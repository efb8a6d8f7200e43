import type { SignedClaim, SignedFormat, VerifyOutcome } from '../evidence/signed-evidence.js';
import type { Statement } from '../evidence/statement.js';
import type { Platform } from '../oci/descriptor.js';
import type { Digest } from '../oci/digest.js';
/** Where evidence is looked for: the registry's four places, GitHub's attestations API, bundle files of the user. */
export declare const EVIDENCE_SOURCES: readonly ["api", "tag-schema", "in-index", "cosign-tags", "github", "bundle-file"];
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];
/** The image under judgement: what the hashed bytes said of it. */
export interface ImageScope {
    /** As the user asked for it. */
    readonly requested: string;
    /** `ghcr.io/acme/app` or `oci-layout:DIR`. */
    readonly repository: string;
    readonly digest: Digest;
    readonly kind: 'index' | 'manifest';
    /**
     * Of a manifest: what its config says, where a rule chooses platforms; undefined where nobody looked, and then the
     * rules are asked of the manifest whatever platforms they choose.
     */
    readonly platform?: Platform | undefined;
    /**
     * The runnable entries of an index and of the indexes inside it, each digest once for each platform, and those of these
     * indexes that could not be read; empty for a manifest.
     */
    readonly platforms: readonly ScopedPlatform[];
}
export interface ScopedPlatform {
    /** undefined where the index names none, and of an index that was not read. */
    readonly platform: Platform | undefined;
    readonly digest: Digest;
    /** `missing`: the index names it, the registry lacks it. `unread`: nobody can say; with the reason. */
    readonly presence: 'present' | 'missing' | 'unread';
    readonly reason?: string | undefined;
    /** The indexes inside the image's own that contain it: evidence on one is about it, too, where the rule says `either`. */
    readonly within?: readonly Digest[] | undefined;
    /** It is one of those indexes, and was not read: nobody knows which platforms it holds. */
    readonly isUnreadIndex?: boolean | undefined;
}
/** One document found for one subject, examined. A pure value: policies are judged from it alone. */
export interface EvidenceItem {
    /** The manifest or child that it was found on, and that it must be about. */
    readonly subject: Digest;
    /** The referrer's manifest; undefined for GitHub's API and bundle files. */
    readonly referrer: Digest | undefined;
    /** Digest of the document itself (a layer, a file). */
    readonly document: Digest | undefined;
    readonly sources: readonly EvidenceSource[];
    /** For people: a file name, a URL. */
    readonly origin?: string | undefined;
    /** Effective, from the manifest's bytes; of a bundle from elsewhere its media type. */
    readonly artifactType: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly content: EvidenceContent;
    /** Signatures on the referrer itself, looked for only where a rule needs them; undefined: nobody looked. */
    readonly vouchers?: {
        readonly items: readonly EvidenceItem[];
        readonly gaps: readonly EvidenceGap[];
    } | undefined;
}
export type EvidenceContent = {
    readonly kind: 'signed';
    readonly format: SignedFormat;
    readonly claim: SignedClaim;
    /** See SignedEvidence. */
    readonly envelope: string;
    /** What each trust of the policy says of it, by the trust's name. A trust that is absent was not asked: its kind can never match. */
    readonly outcomes: ReadonlyMap<string, VerifyOutcome>;
    /** Undefined: the signed bytes are about `subject`. Else what they are about instead. */
    readonly wrongSubject?: string | undefined;
    /** Why the SBOM that is its predicate is not fit to be counted: empty, no packages. */
    readonly malformed?: string | undefined;
} | {
    readonly kind: 'unsigned';
    /** As its content shows; undefined where it was not looked at or not recognised. */
    readonly contentType: string | undefined;
    readonly statement?: Statement | undefined;
    /** Of a bare statement. */
    readonly wrongSubject?: string | undefined;
    readonly malformed?: string | undefined;
} | {
    readonly kind: 'broken';
    readonly state: 'invalid' | 'unsupported';
    readonly reason: string;
}
/** It is there, but its bytes could not be had. */
 | {
    readonly kind: 'unread';
    readonly code: string;
    readonly reason: string;
    readonly hint?: string | undefined;
};
/** A place that could not be looked at, for one subject: evidence may be there. */
export interface EvidenceGap {
    readonly subject: Digest;
    readonly source: EvidenceSource;
    readonly code: string;
    readonly reason: string;
    readonly hint?: string | undefined;
}
