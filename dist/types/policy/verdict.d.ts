import type { SourceLocation } from '../errors/coded-error.js';
import type { VerifiedTime } from '../evidence/signed-evidence.js';
import type { Signer } from '../evidence/signer.js';
import type { RootInfo } from '../evidence/trust.js';
import type { Digest } from '../oci/digest.js';
import type { EvidenceGap, EvidenceItem, ImageScope } from './evidence-item.js';
import type { Rule, Waiver } from './policy.js';
/** `unknown`: it could not be decided. It never passes. */
export declare const VERDICTS: readonly ['pass', 'fail', 'unknown'];
export type Verdict = (typeof VERDICTS)[number];
export declare const CANDIDATE_STATES: readonly ['verified', 'unsigned', 'invalid', 'untrusted-identity', 'unknown-root-material', 'wrong-subject', 'wrong-predicate', 'too-old', 'unsupported', 'condition-not-met', 'malformed', 'undecided', 'unread'];
export type CandidateState = (typeof CANDIDATE_STATES)[number];
/** What one document was worth to one rule. */
export interface CandidateJudgement {
    readonly item: EvidenceItem;
    readonly state: CandidateState;
    /** In words; for `verified` who and how. */
    readonly reason: string;
    readonly signer?: Signer | undefined;
    readonly trust?: string | undefined;
    readonly root?: RootInfo | undefined;
    readonly times?: readonly VerifiedTime[] | undefined;
    readonly notes?: readonly string[] | undefined;
    /** On `untrusted-identity`: what was asked for and what was found, side by side, and the policy line to paste. */
    readonly mismatch?: IdentityMismatch | undefined;
    /** The signature on the artifact that made an unsigned one count. */
    readonly voucher?: CandidateJudgement | undefined;
    /** Those besides, where the rule asks for several signatures on the artifact. */
    readonly furtherVouchers?: readonly CandidateJudgement[] | undefined;
}
export interface IdentityMismatch {
    readonly rows: readonly {
        readonly field: string;
        readonly expected: string;
        readonly found: string;
        readonly matches: boolean;
    }[];
    /** `signed by reusable workflow X, called from Y`, where the certificate says so. */
    readonly explanation?: string | undefined;
    /** YAML that would accept this signer: an entry of `signed-by` (`- { trust: … }`), or inputs of the short form. */
    readonly paste: string;
}
export declare const CELL_STATES: readonly ['pass', 'fail', 'unknown', 'waived', 'skipped', 'not-applicable'];
export type CellState = (typeof CELL_STATES)[number];
/** One rule on one column of the matrix: the index (or the image without one), or a platform. */
export interface Cell {
    readonly rule: string;
    /** `index`, `image`, or `os/arch[/variant]`; of two children of one platform the digest's start is added. */
    readonly column: string;
    readonly digest: Digest;
    readonly state: CellState;
    /** One sentence. */
    readonly reason: string;
    /** Those that count for the rule, also where they are too few (one of two signers). */
    readonly evidence: readonly CandidateJudgement[];
    /** Everything else that was looked at, each with its own reason. */
    readonly rejected: readonly CandidateJudgement[];
    /** What made an unmet cell unknown. */
    readonly gaps: readonly EvidenceGap[];
    readonly waiver?: Waiver | undefined;
}
export interface RuleVerdict {
    readonly rule: Rule;
    readonly verdict: Verdict;
    readonly cells: readonly Cell[];
}
export declare const NOTICE_CODES: readonly ['waived', 'waiver-expired', 'waiver-unknown-rule', 'waiver-unused', 'platform-skipped', 'source-unread', 'candidate-unread', 'root-stale', 'not-checked', 'unsigned-only', 'baseline-lost', 'baseline-undecided', 'baseline-unread'];
/** A notice that stands in the report and in the log, whatever the verdict. */
export interface VerdictNotice {
    readonly code: (typeof NOTICE_CODES)[number];
    readonly message: string;
    readonly at?: SourceLocation | undefined;
}
export declare const COLUMN_PRESENCES: readonly ['present', 'missing', 'unread', 'absent'];
/** A column of the matrix: the index, or the image without one, and each platform. */
export interface Column {
    readonly name: string;
    /** Of an absent platform the index's. */
    readonly digest: Digest;
    /** `absent`: a rule asks for the platform, the index does not name it. */
    readonly presence: (typeof COLUMN_PRESENCES)[number];
}
/** The judgement on one image. */
export interface ImageVerdict {
    readonly image: ImageScope;
    readonly verdict: Verdict;
    /** Columns of the matrix, in order. */
    readonly columns: readonly Column[];
    readonly rules: readonly RuleVerdict[];
    readonly notices: readonly VerdictNotice[];
}
/** What a rule's cells make of it. */
export declare function verdictOfCells(cells: readonly Pick<Cell, 'state'>[]): Verdict;
/** `fail` before `unknown` before `pass`; of nothing `unknown`: nothing never passes. */
export declare function worstVerdict(verdicts: readonly Verdict[]): Verdict;
