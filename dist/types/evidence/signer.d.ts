/** Who signed, taken from what the signature proved: a certificate under a trust root, or a key of the policy. */
export type Signer = CertificateSigner | KeySigner | NotationSigner;
/** A Fulcio certificate, or one of a user's own CA. */
export interface CertificateSigner {
    readonly kind: 'certificate';
    /** Subject alternative name (a URI or an e-mail address); undefined where the certificate has none that is read. */
    readonly identity: string | undefined;
    /** OIDC issuer, OID 1.3.6.1.4.1.57264.1.8 (else .1); GitHub's release signer has none. */
    readonly issuer: string | undefined;
    /** The other Fulcio extensions, by the last arc of 1.3.6.1.4.1.57264.1.N as text (`12` -> repository URI). */
    readonly extensions: Readonly<Record<string, string>>;
    /** `sha256:<hex>` of the certificate's DER. */
    readonly fingerprint: string;
    /**
     * The certificate's own validity. A stamp of time can be renewed for as long as the certificate lives, so it bounds
     * the signature's age only where this is short. undefined: not read, and then no time bounds its age.
     */
    readonly validity?: {
        readonly notBefore: Date;
        readonly notAfter: Date;
    } | undefined;
}
export interface KeySigner {
    readonly kind: 'key';
    /** `sha256:<hex>` of the key's SPKI DER. */
    readonly fingerprint: string;
}
/** A Notary Project signer. */
export interface NotationSigner {
    readonly kind: 'notation';
    /** The leaf's distinguished name, RFC 4514 attributes in the order of the certificate: `C=US, ST=WA, O=Acme, CN=release`. */
    readonly identity: string;
    readonly attributes: readonly {
        readonly type: string;
        readonly value: string;
    }[];
    readonly scheme: 'notary.x509' | 'notary.x509.signingAuthority';
    /** `sha256:<hex>` of the leaf certificate's DER. */
    readonly fingerprint: string;
}
/** Two signatures are by different signers only if these differ: issuer and identity, or the key's fingerprint. */
export declare function signerKey(signer: Signer): string;
