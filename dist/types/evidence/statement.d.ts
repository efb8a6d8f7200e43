import type { JsonValue } from '../oci/strict-json.js';
import type { ClaimedSubject } from './detection.js';
/** `_type` of an in-toto Statement: the attestation framework's v1, and v0.1, which cosign wrote for years. */
export declare const STATEMENT_TYPES: readonly ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];
/**
 * In place of a predicate that was let go, since no rule looks into it. It is no JSON value, so that nobody takes the
 * lack of it for an answer: a condition over it is undecided, and to write it is an error.
 */
export declare const LET_GO: unique symbol;
/** An in-toto Statement (attestation framework spec v1, "Statement"), strictly parsed; by itself nothing of it is proved. */
export interface Statement {
    readonly type: (typeof STATEMENT_TYPES)[number];
    readonly predicateType: string;
    /** At least one. */
    readonly subjects: readonly ClaimedSubject[];
    readonly predicate: JsonValue | typeof LET_GO;
}
