import type { KeyObject, X509Certificate } from 'node:crypto';
type TrustedRoot = unknown;
/** Whom a policy trusts, by the name it gave; material loaded and validated. Verification does no I/O. */
export type Trust = SigstoreTrust | KeyTrust | NotationTrust;
/** How much evidence of time and log a root asks for. Fixed for each root, never taken from a bundle. */
export interface SigstoreProfile {
    readonly transparencyLogs: number;
    readonly certificateLogs: number;
    readonly timestamps: number;
}
/** Where a trust root came from, for the report. */
export interface RootInfo {
    /** `public-good`, `github`, or the file's name. */
    readonly label: string;
    /** `trust-store`: one certificate of a Notary Project trust store; its label is `ca: <subject>`. */
    readonly source: 'embedded' | 'file' | 'inline' | 'tuf' | 'trust-store';
    /** `sha256:<hex>` of its JSON; of a certificate, of its DER. */
    readonly digest: string;
    /** When it was taken from its publisher (embedded, tuf), else the newest `validFor.start` in it; a certificate's notBefore. */
    readonly date: Date;
}
/** A sigstore trusted_root.json: certificate authorities, logs, timestamp authorities. */
export interface SigstoreTrust {
    readonly kind: 'sigstore';
    readonly name: string;
    /** One file may hold several roots (JSON lines), each with its own profile; the first that verifies counts. */
    readonly roots: readonly {
        readonly info: RootInfo;
        readonly profile: SigstoreProfile;
        readonly root: TrustedRoot;
    }[];
}
/** One public key. `log: 'required'` asks for an entry in a log of `root` and takes its time. */
export interface KeyTrust {
    readonly kind: 'key';
    readonly name: string;
    readonly key: KeyObject;
    /** `sha256:<hex>` of the SPKI DER. */
    readonly fingerprint: string;
    readonly log: 'none' | 'required';
    /** Only with `log: 'required'`; it may be without certificate authorities. */
    readonly root?: SigstoreTrust['roots'][number] | undefined;
}
export declare const NOTATION_LEVELS: readonly ['strict', 'permissive', 'audit', 'skip'];
export type NotationLevel = (typeof NOTATION_LEVELS)[number];
/** Notary Project trust stores and verification level (trust-store-trust-policy.md). */
export interface NotationTrust {
    readonly kind: 'notation';
    readonly name: string;
    readonly ca: readonly X509Certificate[];
    readonly signingAuthority: readonly X509Certificate[];
    readonly tsa: readonly X509Certificate[];
    readonly level: NotationLevel;
}
