import type { Digest } from '../oci/digest.js';
import type { EvidenceKind } from './detection.js';
import type { Signer } from './signer.js';
import type { Statement } from './statement.js';
import type { RootInfo, Trust } from './trust.js';
/** Bytes that may be evidence, hashed and counted before they get here. */
export interface EvidenceDocument {
    readonly bytes: Uint8Array;
    /** Of the layer's descriptor; a hint. */
    readonly mediaType: string;
    /** Of the layer's descriptor: cosign v2 keeps signatures there. */
    readonly annotations: Readonly<Record<string, string>>;
    /** For messages: `layer sha256:… of sha256:…`, or a file name. */
    readonly what: string;
}
export declare const SIGNED_FORMATS: readonly ['sigstore-bundle', 'cosign-signature', 'cosign-attestation', 'notation-jws', 'notation-cose'];
export type SignedFormat = (typeof SIGNED_FORMATS)[number];
/** What a signature is over, as the signed bytes say: true only once a verification succeeded. */
export type SignedClaim = {
    readonly kind: 'statement';
    readonly statement: Statement;
    /** The bytes that the signature is over and `statement` was read from; let go once a document is examined. */
    readonly payload?: Uint8Array | undefined;
}
/** cosign's simple signing, a Notation target: the digest of a manifest and nothing else. */
 | {
    readonly kind: 'manifest-digest';
    readonly digest: Digest;
    readonly annotations: Readonly<Record<string, string>>;
    /** The Notary Project signs these two with the digest: all three must be the subject's. */
    readonly mediaType?: string | undefined;
    readonly size?: number | undefined;
}
/** A Sigstore message signature: over bytes which `verify` gets as `artifact`. */
 | {
    readonly kind: 'message';
    readonly digest: Digest | undefined;
};
/** A time that the verification proved. */
export interface VerifiedTime {
    readonly time: Date;
    readonly source: 'transparency-log' | 'timestamp-authority' | 'signing-authority';
}
export type VerifyOutcome = {
    readonly verified: true;
    readonly signer: Signer;
    /** Which root proved it; undefined for a key without a log. */
    readonly root: RootInfo | undefined;
    /** Every proved time; none for a key without a log. */
    readonly times: readonly VerifiedTime[];
    /** What could not be checked, or was let through by the level: said in the report (`revocation: not checked`). */
    readonly notes: readonly string[];
} | {
    readonly verified: false;
    /**
     * `invalid`: the signature or its evidence is wrong. `unknown-root-material`: from a log or authority that the
     * root does not know. `unsupported`: it may be right, this software cannot say. `untrusted`: right, but of a
     * signer, or of a kind, that this trust does not cover (another key, a certificate where a key is asked for).
     */
    readonly state: 'invalid' | 'unknown-root-material' | 'unsupported' | 'untrusted';
    readonly reason: string;
};
export interface VerifyOptions {
    /** For Notation's expiry and certificate validity. */
    readonly now: Date;
    /** The bytes under a message signature. */
    readonly artifact?: Uint8Array | undefined;
}
/** A signed document of a known format, parsed under caps; nothing of it is proved yet. */
export interface SignedEvidence {
    readonly signed: true;
    readonly format: SignedFormat;
    readonly claim: SignedClaim;
    /** `sha256:<hex>` over the decoded signature: two envelopes are different only if these differ. */
    readonly envelope: string;
    /** Never throws for what is in the document: that is an outcome. */
    readonly verify: (trust: Trust, options: VerifyOptions) => Promise<VerifyOutcome>;
}
/** A document without a signature: an SBOM, a bare in-toto statement, or of no known format. */
export interface UnsignedEvidence {
    readonly signed: false;
    readonly kind: EvidenceKind | 'unknown';
    /** The media type that its content shows (`application/spdx+json`); undefined where nothing was recognised. */
    readonly contentType: string | undefined;
    /** Of a bare in-toto statement. */
    readonly statement?: Statement | undefined;
    /** Why it is not fit to be counted even as present: truncated, empty, no packages. undefined: its shape is right. */
    readonly malformed?: string | undefined;
}
/** A document that should be signed evidence (by its type or marks) but cannot be read as such. */
export interface BrokenEvidence {
    readonly signed: 'broken';
    readonly state: 'invalid' | 'unsupported';
    readonly reason: string;
}
export type OpenedEvidence = SignedEvidence | UnsignedEvidence | BrokenEvidence;
