import { CodedError } from '../errors/coded-error.ts';
import type { JsonObject } from './strict-json.ts';

/** Names of fields, by the form in which Go compares them. */
export type FieldNames = ReadonlyMap<string, string>;

/** image-spec 1.1 manifest.md and image-index.md; `fsLayers` tells clients a docker schema 1 manifest. */
export const MANIFEST_FIELDS = namesOf(
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'manifests',
  'subject',
  'annotations',
  'fsLayers',
);

/** image-spec 1.1 descriptor.md, with the `platform` of image-index.md. */
export const DESCRIPTOR_FIELDS = namesOf(
  'mediaType',
  'digest',
  'size',
  'urls',
  'data',
  'platform',
  'artifactType',
  'annotations',
);

/** image-spec 1.1 image-index.md and config.md, which name a platform by the same fields. */
export const PLATFORM_FIELDS = namesOf('os', 'architecture', 'variant', 'os.version', 'os.features');

/** image-spec 1.1 image-layout.md, the file `oci-layout`. */
export const LAYOUT_FIELDS = namesOf('imageLayoutVersion');

function namesOf(...names: readonly string[]): FieldNames {
  return new Map(names.map((name) => [fold(name), name]));
}

/**
 * Go's encoding/json takes a key for a field's whatever its case ("ignoring case", documentation of Unmarshal), with
 * Unicode's simple folding (1.26 fold.go): beside A to Z that makes U+017F an s and U+212A a k. No field has other
 * letters than those of ASCII.
 */
function fold(key: string): string {
  return key.replaceAll('\u017f', 's').toLowerCase(); // which makes U+212A a k, and no other letter one of ASCII
}

/** The fields that a key means to Go and not here: the key is not the name exactly. */
export function foldedFields(json: JsonObject, names: FieldNames): { readonly key: string; readonly name: string }[] {
  return Object.keys(json).flatMap((key) => {
    const name = names.get(fold(key));
    return name === undefined || name === key ? [] : [{ key, name }];
  });
}

/**
 * Throws `manifest-invalid` for a key that clients in Go take for a field, the last one winning, and others pass over.
 * Not for the keys of `annotations`: those of a map are compared as they are.
 */
export function refuseFoldedKeys(json: JsonObject, names: FieldNames, what: string): void {
  const [first] = foldedFields(json, names);
  if (first === undefined) return;
  throw new CodedError('manifest-invalid', `${what}: the key ${JSON.stringify(first.key)} is not ${first.name}`, {
    hint: `Clients written in Go read it as ${first.name}, others do not: such a document means different things to different clients and is refused.`,
  });
}
