import type { JsonValue } from '../oci/strict-json.ts';

/** What an expression may look at. */
export interface ExpressionInput {
  readonly predicate: JsonValue;
  readonly statement: JsonValue;
  readonly signer: JsonValue;
  readonly referrer: JsonValue;
  readonly image: JsonValue;
}

/** A CEL expression, parsed and checked when the policy was read. */
export interface Expression {
  readonly source: string;
  /** What came of it; an error (no such field, no boolean, out of time) fails the candidate. Never throws. */
  readonly evaluate: (input: ExpressionInput) => { readonly holds: boolean } | { readonly error: string };
}
