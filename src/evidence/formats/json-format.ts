import type { JsonObject, JsonValue } from '../../oci/strict-json.ts';
import type { Recognition } from '../detection.ts';

/** A format whose documents are JSON objects. */
export interface JsonFormat {
  /** As messages name it: `CycloneDX JSON`. */
  readonly title: string;
  /** Text that its documents have near their beginning; tells what a document that is no valid JSON was meant to be. */
  readonly clue: string;
  /**
   * Of a format whose documents name their subject: texts that all stand in each of them. A text that has them and is
   * no valid JSON may well be read by somebody less strict, so its claim counts as one that could not be read.
   */
  readonly claimClues?: readonly string[];
  recognise(json: JsonObject): Recognition;
}

/** The value if it is a string, else undefined. */
export function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
