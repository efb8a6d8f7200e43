import type { JsonObject, JsonValue } from '../../oci/strict-json.ts';
import type { Recognition } from '../detection.ts';

/** A format whose documents are JSON objects. */
export interface JsonFormat {
  /** As messages name it: `CycloneDX JSON`. */
  readonly title: string;
  /** Text that its documents have near their beginning; tells what a document that is no valid JSON was meant to be. */
  readonly clue: string;
  recognise(json: JsonObject): Recognition;
}

/** The value if it is a string, else undefined. */
export function stringOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
