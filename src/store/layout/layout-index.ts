import { CodedError } from '../../errors/coded-error.ts';
import { orderedDescriptor } from '../../oci/artifact-manifest.ts';
import { type Descriptor, parseDescriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { MANIFEST_FIELDS, refuseFoldedKeys } from '../../oci/folded-keys.ts';
import { ANNOTATION_REF_NAME, OCI_INDEX } from '../../oci/media-types.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseStrictJsonObject } from '../../oci/strict-json.ts';

/** An entry of index.json: the descriptor, and the JSON it came from with every field that is unknown here. */
export interface LayoutEntry {
  readonly descriptor: Descriptor;
  /** `org.opencontainers.image.ref.name`. */
  readonly tag: string | undefined;
  readonly json: JsonObject;
}

/** index.json of an OCI image layout, image-spec 1.1 image-layout.md. Never changed in place. */
export interface LayoutIndex {
  readonly entries: readonly LayoutEntry[];
  /** The document as read; its `manifests` are `entries`. */
  readonly document: JsonObject;
}

export const EMPTY_LAYOUT_INDEX: LayoutIndex = {
  entries: [],
  document: { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] },
};

/** Bytes of index.json -> entries. Throws `layout-invalid`. */
export function parseLayoutIndex(bytes: Uint8Array, what: string): LayoutIndex {
  try {
    const document = parseStrictJsonObject(bytes, { what });
    refuseFoldedKeys(document, MANIFEST_FIELDS, what);
    const manifests = document['manifests'] ?? null;
    if (manifests !== null && !Array.isArray(manifests)) {
      throw new CodedError('layout-invalid', `${what}: manifests is not an array`);
    }
    // Go writers marshal an empty list as null
    const entries = (manifests ?? []).map((item, i) => parseEntry(item, `${what}: manifests[${i}]`));
    return { entries, document };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('layout-invalid', why, {
      cause,
      hint: 'index.json must be an OCI image index (image-spec 1.1 image-layout.md).',
    });
  }
}

function parseEntry(item: JsonValue, what: string): LayoutEntry {
  return entryOf(parseDescriptor(item, what), isJsonObject(item) ? item : {});
}

function entryOf(descriptor: Descriptor, json: JsonObject): LayoutEntry {
  return { descriptor, tag: descriptor.annotations?.[ANNOTATION_REF_NAME], json };
}

export function formatLayoutIndex(index: LayoutIndex): string {
  return JSON.stringify({ ...index.document, manifests: index.entries.map((entry) => entry.json) });
}

export function hasManifest(index: LayoutIndex, digest: Digest): boolean {
  return index.entries.some((entry) => entry.descriptor.digest === digest);
}

/**
 * What a tag names. Throws `layout-invalid` when it names two manifests: the spec gives no order of precedence, and
 * tools differ.
 */
export function resolveTag(index: LayoutIndex, tag: string, what: string): Descriptor | undefined {
  const named = index.entries.filter((entry) => entry.tag === tag);
  const first = named[0]?.descriptor;
  if (named.some((entry) => entry.descriptor.digest !== first?.digest)) {
    const digests = named.map((entry) => entry.descriptor.digest).join(', ');
    throw new CodedError('layout-invalid', `${what}: tag ${tag} names several manifests: ${digests}`, {
      hint: 'Name the one that you mean by its digest.',
    });
  }
  return first;
}

/** Adds a manifest: one entry for each tag, or one without a tag if there is none for its digest yet. */
export function withManifest(index: LayoutIndex, descriptor: Descriptor, tags: readonly string[]): LayoutIndex {
  let entries = index.entries;
  for (const tag of tags) entries = withTag(entries, descriptor, tag);
  if (tags.length === 0 && !entries.some((entry) => entry.descriptor.digest === descriptor.digest)) {
    entries = [...entries, makeEntry(descriptor)];
  }
  return entries === index.entries ? index : { ...index, entries };
}

function withTag(entries: readonly LayoutEntry[], descriptor: Descriptor, tag: string): readonly LayoutEntry[] {
  const { digest } = descriptor;
  if (entries.some((entry) => entry.tag === tag && entry.descriptor.digest === digest)) return entries;
  const kept = untag(entries, tag);
  const bare = kept.findIndex((entry) => entry.tag === undefined && entry.descriptor.digest === digest);
  const known = bare < 0 ? undefined : kept[bare];
  const entry = makeEntry(descriptor, tag, known?.json);
  return bare < 0 ? [...kept, entry] : kept.with(bare, entry);
}

/** Takes a tag away; a manifest that loses its only entry keeps one without a tag, so that it can still be found. */
export function withoutTag(index: LayoutIndex, tag: string): LayoutIndex {
  const entries = untag(index.entries, tag);
  return entries === index.entries ? index : { ...index, entries };
}

function untag(entries: readonly LayoutEntry[], tag: string): readonly LayoutEntry[] {
  const at = entries.findIndex((entry) => entry.tag === tag);
  const entry = entries[at];
  if (entry === undefined) return entries;
  const elsewhere = entries.some((other, i) => i !== at && other.descriptor.digest === entry.descriptor.digest);
  const rest = elsewhere ? entries.toSpliced(at, 1) : entries.with(at, withoutRefName(entry));
  return untag(rest, tag);
}

function withoutRefName(entry: LayoutEntry): LayoutEntry {
  const { annotations, ...json } = entry.json;
  const left = Object.entries(isJsonObject(annotations) ? annotations : {}).filter(
    ([key]) => key !== ANNOTATION_REF_NAME,
  );
  return reparse(left.length === 0 ? json : { ...json, annotations: Object.fromEntries(left) });
}

/** Takes every entry of a manifest away, tagged or not. */
export function withoutManifest(index: LayoutIndex, digest: Digest): LayoutIndex {
  const entries = index.entries.filter((entry) => entry.descriptor.digest !== digest);
  return entries.length === index.entries.length ? index : { ...index, entries };
}

/**
 * An entry with the manifest's type and no annotation but the tag: annotations of the manifest are not copied, for one
 * of them may be `ref.name`, and would make a tag.
 */
function makeEntry(descriptor: Descriptor, tag?: string, known?: JsonObject): LayoutEntry {
  const { annotations: _, ...bare } = descriptor;
  const json = known ?? (orderedDescriptor(bare) as JsonObject);
  if (tag === undefined) return reparse(json);
  const annotations = isJsonObject(json['annotations']) ? json['annotations'] : {};
  return reparse({ ...json, annotations: { ...annotations, [ANNOTATION_REF_NAME]: tag } });
}

function reparse(json: JsonObject): LayoutEntry {
  return entryOf(parseDescriptor(json, 'index.json entry'), json);
}
