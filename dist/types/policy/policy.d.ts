import type { SourceLocation } from '../errors/coded-error.js';
import type { NotationLevel } from '../evidence/trust.js';
import type { Platform } from '../oci/descriptor.js';
import type { Expression } from './expression.js';
import type { TextPattern } from './text-pattern.js';
/** What must be true of an image. Made from a policy file, or from the short form's inputs. Plain data. */
export interface Policy {
    /** The file as messages name it, or `inputs` for the short form. */
    readonly origin: string;
    readonly trust: ReadonlyMap<string, TrustSpec>;
    /** At least one. */
    readonly rules: readonly Rule[];
    readonly waivers: readonly Waiver[];
}
/** A file that a policy names, or its content written in the policy. */
export type Material = {
    readonly kind: 'file';
    readonly path: string;
    readonly sha256?: string | undefined;
    readonly at: SourceLocation;
} | {
    readonly kind: 'inline';
    readonly text: string;
    readonly at: SourceLocation;
};
/** Whom to trust; material named, not loaded yet. */
export type TrustSpec = SigstoreTrustSpec | KeyTrustSpec | NotationTrustSpec;
export interface SigstoreTrustSpec {
    readonly kind: 'sigstore';
    readonly name: string;
    readonly root: 'public-good' | 'github' | Material;
    /** Fetch it by TUF instead of taking the embedded one; default false. Needs the network. */
    readonly refresh: boolean;
    readonly at: SourceLocation;
}
export interface KeyTrustSpec {
    readonly kind: 'key';
    readonly name: string;
    readonly key: Material;
    /** Default `none`. */
    readonly log: 'none' | 'required';
    /** With `log: required`: the root whose logs count, and whose timestamp authorities. Default public-good. */
    readonly logRoot?: 'public-good' | Material | undefined;
    /** With `log: required` and the public-good root: fetch it by TUF; default false. */
    readonly refresh?: boolean | undefined;
    readonly at: SourceLocation;
}
export interface NotationTrustSpec {
    readonly kind: 'notation';
    readonly name: string;
    readonly ca: readonly Material[];
    readonly signingAuthority: readonly Material[];
    readonly tsa: readonly Material[];
    readonly level: NotationLevel;
    readonly at: SourceLocation;
}
/**
 * On what the evidence must be. `index`: its subject is the index. `each-platform`: every runnable child has its own.
 * `either`: per child, its own or that of the index that contains it. An image without an index is its own only platform.
 */
export declare const RULE_LEVELS: readonly ['index', 'each-platform', 'either'];
export type RuleLevel = (typeof RULE_LEVELS)[number];
/** What kind of evidence meets a rule. */
export type Wanted = 
/** A statement whose predicateType equals one of these. */
{
    readonly kind: 'predicate-type';
    readonly types: readonly string[];
}
/**
 * An artifact of one of these types. Where the rule asks for signatures it is met by a verified statement of the
 * type's predicate alias (predicate-alias.ts), by an artifact of the type that is itself a verified signature or
 * envelope, or by an artifact of the type whose own referrer is a verified signature.
 */
 | {
    readonly kind: 'artifact-type';
    readonly types: readonly string[];
}
/** Any verified signature of the image: a statement, cosign's, Notary Project's. */
 | {
    readonly kind: 'any-signature';
};
export interface Rule {
    /** Unique. */
    readonly name: string;
    readonly on: RuleLevel;
    /** Which children are asked; `all` by default. One that the index does not name fails; one that the registry lacks is unknown. */
    readonly platforms: readonly Platform[] | 'all';
    readonly wanted: Wanted;
    /** False: presence and shape are enough, and `signedBy`, `maxAge` are absent. */
    readonly signed: boolean;
    /** Absent with `signed: true`: any trust of the policy, any identity. The parser allows that only where every trust names keys. */
    readonly signedBy?: SignedBy | undefined;
    /** Seconds. Measured from the smallest verified time. */
    readonly maxAge?: number | undefined;
    readonly where?: Expression | undefined;
    /** The artifact's own referrer must be a verified signature by these. */
    readonly referrer?: {
        readonly signedBy: SignedBy;
    } | undefined;
    /** What it asks for in words, where it was read from a report, which has no more of it. */
    readonly asked?: string | undefined;
    readonly at: SourceLocation;
}
/** At least so many of the entries, each by a different signer and a different envelope. `any-of` is `atLeast: 1`. */
export interface SignedBy {
    readonly atLeast: number;
    readonly of: readonly SignerRule[];
    readonly at: SourceLocation;
}
/** One signer that is accepted. All that is given must hold. */
export interface SignerRule {
    /** A name in Policy.trust. */
    readonly trust: string;
    /** SAN; for Notation use `distinguishedNames`. */
    readonly identity?: TextPattern | undefined;
    /** `none`: the certificate must have no issuer. Absent only for keys and Notation. */
    readonly issuer?: TextPattern | 'none' | undefined;
    readonly github?: GithubIdentity | undefined;
    /** Notation trusted identities, attribute subsets, one of which must match: `C=US, O=Acme`; `*` any. */
    readonly distinguishedNames?: readonly string[] | undefined;
    readonly at: SourceLocation;
}
/** GitHub's claims as Fulcio certifies them. Each is compared with its own extension; all that are given must hold. */
export interface GithubIdentity {
    /** `owner/name`: OID .12. */
    readonly repository?: TextPattern | undefined;
    /** OID .15, .17: they survive renames and cannot be taken over. */
    readonly repositoryId?: string | undefined;
    readonly ownerId?: string | undefined;
    /** OID .14. */
    readonly ref?: TextPattern | undefined;
    /** The whole commit of `repository` that the workflow ran for: OID .13. */
    readonly commit?: string | undefined;
    /** Path of the caller's workflow file: of OID .18. */
    readonly workflow?: TextPattern | undefined;
    /** `owner/name/path`: the SAN (OID .9) without its `@ref`: the workflow that signed, reusable or not. */
    readonly signerWorkflow?: TextPattern | undefined;
    /** `owner/name` of the SAN: the repository of the workflow that signed. */
    readonly signerRepository?: TextPattern | undefined;
    /** The whole commit of the workflow file that signed: OID .10. */
    readonly signerCommit?: string | undefined;
    /** OID .11. */
    readonly runner?: 'github-hosted' | 'self-hosted' | undefined;
    /** OID .20, such as `push`. */
    readonly trigger?: TextPattern | undefined;
}
/** Lets a rule's cells of some images through until a day, loudly. */
export interface Waiver {
    readonly rule: string;
    /** Glob over `registry/name[:tag][@digest]` as asked for; `*` does not cross `/`. */
    readonly image: TextPattern;
    /** Inclusive, UTC: `2027-01-31`. */
    readonly until: string;
    readonly reason: string;
    readonly at: SourceLocation;
}
