import type { JsonValue } from '../oci/strict-json.js';
/** The names with which an expression begins. */
export declare const EXPRESSION_ROOTS: readonly ['predicate', 'statement', 'signer', 'referrer', 'image'];
export type ExpressionRoot = (typeof EXPRESSION_ROOTS)[number];
/** What an expression may look at. */
export type ExpressionInput = Readonly<Record<ExpressionRoot, JsonValue>>;
/** A CEL expression, parsed and checked when the policy was read. */
export interface Expression {
    readonly source: string;
    /**
     * What came of it; an error (no such field, no boolean, out of time) fails the candidate. Never throws. It is ended
     * after so many milliseconds, two thousand by default and at most.
     */
    readonly evaluate: (input: ExpressionInput, milliseconds?: number) => ExpressionResult;
}
export type ExpressionResult = {
    readonly holds: boolean;
} | {
    readonly error: string;
    /** It was ended for its time; with more it might have an answer. */
    readonly isOutOfTime?: boolean | undefined;
};
