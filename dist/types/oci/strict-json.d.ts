/** A JSON value as it comes out of parseStrictJson. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
    readonly [key: string]: JsonValue | undefined;
}
/** Where a value stands in the text: [start, end) in UTF-16 units. */
export interface JsonSpan {
    readonly start: number;
    readonly end: number;
}
export interface StrictJsonOptions {
    /** What is parsed, for messages. */
    readonly what: string;
    /** Levels of arrays and objects, default 64. */
    readonly maxDepth?: number;
}
/** Bytes -> text. Throws `json-invalid` for invalid UTF-8 or a byte order mark (RFC 8259 §8.1). */
export declare function decodeStrictUtf8(bytes: Uint8Array, what: string): string;
/**
 * JSON as OCI asks for it (I-JSON, RFC 7493; image-spec considerations.md): strict UTF-8, nothing after the value,
 * no duplicate keys, bounded depth. `__proto__` becomes an ordinary own property, as JSON.parse makes it.
 * Throws `json-invalid`. The size is the reader's to bound, before the bytes are in memory.
 */
export declare function parseStrictJson(input: Uint8Array | string, options: StrictJsonOptions): JsonValue;
/** The same as parseStrictJson, and the value must be an object. */
export declare function parseStrictJsonObject(input: Uint8Array | string, options: StrictJsonOptions): JsonObject;
export declare function isJsonObject(value: unknown): value is JsonObject;
/** What scanJson reports: `path` is the chain of keys and positions from the root to the value that ended. */
export type JsonVisitor = (path: readonly (string | number)[], span: JsonSpan) => void;
/**
 * One pass over the text that finds what JSON.parse forgives: duplicate keys and any depth. It knows strings and
 * brackets only; JSON.parse remains the judge of the grammar. With `visit`, reports the span of each value to depth 3,
 * which is how an index is edited without touching the bytes of its other entries.
 */
export declare function scanJson(text: string, options: StrictJsonOptions, visit?: JsonVisitor): void;
