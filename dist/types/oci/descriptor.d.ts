import { type Digest } from './digest.js';
import { type JsonObject, type JsonValue } from './strict-json.js';
/** annotation -> value, as image-spec 1.1 annotations.md: string to string. */
export type Annotations = Readonly<Record<string, string>>;
/** The platform of an index entry, image-spec 1.1 image-index.md. */
export interface Platform {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
    readonly 'os.version'?: string;
    readonly 'os.features'?: readonly string[];
}
/** A content descriptor, image-spec 1.1 descriptor.md. There is none without a digest here. `size` is bytes. */
export interface Descriptor {
    readonly mediaType: string;
    readonly digest: Digest;
    readonly size: number;
    readonly artifactType?: string;
    readonly annotations?: Annotations;
    readonly platform?: Platform;
    readonly data?: string;
    readonly urls?: readonly string[];
}
/** JSON -> descriptor. Throws `manifest-invalid` that names the field. */
export declare function parseDescriptor(value: JsonValue | undefined, what: string): Descriptor;
/** JSON -> annotations; null is absent. Throws `manifest-invalid` for a value that is not a string. */
export declare function parseAnnotations(value: JsonValue | undefined, what: string): Annotations | undefined;
export declare function optionalString(object: JsonObject, key: string, what: string): string | undefined;
/** Whether two annotation sets hold the same pairs, whatever their order; absent equals empty. */
export declare function sameAnnotations(a: Annotations | undefined, b: Annotations | undefined): boolean;
