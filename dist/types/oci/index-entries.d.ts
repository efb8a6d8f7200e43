import { type Descriptor } from './descriptor.js';
import { type Digest } from './digest.js';
import { type JsonObject, type JsonValue } from './strict-json.js';
/** An entry of a list that is no valid descriptor. With a digest, the manifest itself can still be asked. */
export interface SuspectEntry {
    readonly digest?: Digest;
    readonly problem: string;
}
export interface IndexEntries {
    readonly descriptors: readonly Descriptor[];
    readonly suspects: readonly SuspectEntry[];
}
/**
 * The `manifests` of an index, entry by entry: one bad entry does not hide the good ones beside it. `null` is empty
 * (Go writers marshal an empty list so); an absent or other value, or more than 1000 bad entries, throws
 * `manifest-invalid`; so does a `manifests` of another case beside it.
 */
export declare function parseIndexEntries(json: JsonObject, what: string): IndexEntries;
/** The digest that an entry names to every client; undefined also where some would read another one. */
export declare function digestOfEntry(item: JsonValue): Digest | undefined;
