import { CodedError } from '../errors/coded-error.ts';
import { type Annotations, type Descriptor, optionalString, parseAnnotations, parseDescriptor } from './descriptor.ts';
import { algorithmOf, computableAlgorithm, type Digest, digestOf } from './digest.ts';
import { MANIFEST_FIELDS, refuseFoldedKeys } from './folded-keys.ts';
import { parseIndexEntries, type SuspectEntry } from './index-entries.ts';
import { bareMediaType, isImageManifestType, isIndexType, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST } from './media-types.ts';
import { type JsonObject, parseStrictJsonObject } from './strict-json.ts';

interface ManifestBase {
  /** As the bytes say, else as the registry said, else guessed from the shape. */
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly bytes: Uint8Array;
  /** The manifest's own `artifactType` field, if not empty. */
  readonly artifactType?: string;
  readonly annotations?: Annotations;
  readonly subject?: Descriptor;
}

/** An image manifest (which an artifact manifest is, too), image-spec 1.1 manifest.md. */
export interface ImageManifest extends ManifestBase {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An image index or docker manifest list, image-spec 1.1 image-index.md. */
export interface ImageIndex extends ManifestBase {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
  /** Entries that are no valid descriptors. An image's index must have none; a list of referrers goes on without them. */
  readonly suspects: readonly SuspectEntry[];
}

/** A manifest of a type unknown here: its subject and annotations are read, the rest is opaque. */
export interface OtherManifest extends ManifestBase {
  readonly kind: 'other';
}

/** A manifest whose bytes were read, hashed and counted. */
export type Manifest = ImageManifest | ImageIndex | OtherManifest;

/** Bytes that any registry takes as a manifest: distribution-spec 1.1 "Pushing Manifests" asks for at least 4 MiB. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

export interface ParseManifestOptions {
  readonly what: string;
  /** The Content-Type or descriptor type under which the bytes came. */
  readonly mediaType?: string | undefined;
  /** The digest that the caller has verified already; computed if absent. */
  readonly digest?: Digest;
}

/**
 * Bytes -> manifest. Throws `json-invalid` or `manifest-invalid`: for a document with both `manifests` and
 * `layers`/`config` (type confusion, CVE-2021-41190), for a key that is a field's name but for its case, for a
 * `mediaType` that differs from the one under which it came.
 */
export function parseManifest(bytes: Uint8Array, options: ParseManifestOptions): Manifest {
  const { what } = options;
  const json = parseStrictJsonObject(bytes, { what });
  refuseFoldedKeys(json, MANIFEST_FIELDS, what);
  const mediaType = manifestMediaType(json, options);
  refuseConfusion(json, what);
  const artifactType = optionalString(json, 'artifactType', what);
  const annotations = parseAnnotations(json['annotations'], what);
  const subjectJson = json['subject'];
  const base: ManifestBase = {
    mediaType,
    digest: options.digest ?? digestOf(bytes),
    size: bytes.byteLength,
    bytes,
    ...(artifactType !== undefined && artifactType !== '' && { artifactType }),
    ...(annotations !== undefined && { annotations }),
    ...(subjectJson !== undefined &&
      subjectJson !== null && { subject: parseDescriptor(subjectJson, `${what}: subject`) }),
  };
  if (isIndexType(mediaType)) {
    const { descriptors, suspects } = parseIndexEntries(json, what);
    return { ...base, kind: 'index', manifests: descriptors, suspects };
  }
  if (isImageManifestType(mediaType)) {
    return {
      ...base,
      kind: 'manifest',
      config: parseDescriptor(json['config'], `${what}: config`),
      layers: parseLayers(json, what),
    };
  }
  return { ...base, kind: 'other' };
}

function manifestMediaType(json: JsonObject, options: ParseManifestOptions): string {
  const own = optionalString(json, 'mediaType', options.what);
  const given = bareMediaType(options.mediaType);
  if (own !== undefined && own !== '') {
    if (given !== undefined && given !== own && isKnownType(given)) {
      throw new CodedError('manifest-invalid', `${options.what}: came as ${given}, but its mediaType is ${own}`);
    }
    return own;
  }
  if (given !== undefined && isKnownType(given)) return given;
  return 'manifests' in json ? OCI_INDEX : OCI_MANIFEST;
}

function isKnownType(mediaType: string): boolean {
  return isIndexType(mediaType) || isImageManifestType(mediaType);
}

function refuseConfusion(json: JsonObject, what: string): void {
  if ('manifests' in json && ('layers' in json || 'config' in json)) {
    throw new CodedError('manifest-invalid', `${what} has both manifests and layers or config`, {
      hint: 'Such a document means different things to different clients and is refused (CVE-2021-41190).',
    });
  }
  if (Array.isArray(json['fsLayers'])) {
    throw new CodedError('manifest-invalid', `${what} is a docker schema 1 manifest, which is not supported`);
  }
}

function parseLayers(json: JsonObject, what: string): Descriptor[] {
  const list = json['layers'];
  if (list === null) return []; // a Go writer without layers
  if (!Array.isArray(list)) throw new CodedError('manifest-invalid', `${what}: layers is not an array`);
  return list.map((item, i) => parseDescriptor(item, `${what}: layers[${i}]`));
}

/**
 * The type under which a referrers list shows a manifest: its artifactType, else (image manifests only) the type of
 * its config; none for an index without one. distribution-spec 1.1 "Listing Referrers". The empty config type is no
 * type: a manifest with nothing else gives none.
 */
export function effectiveArtifactType(manifest: Manifest): string | undefined {
  if (manifest.artifactType !== undefined) return manifest.artifactType;
  if (manifest.kind !== 'manifest') return undefined;
  return manifest.config.mediaType === OCI_EMPTY ? undefined : manifest.config.mediaType;
}

/** The descriptor of a manifest as a list of referrers has to show it: type and annotations from the bytes. */
export function referrerDescriptorOf(manifest: Manifest): Descriptor {
  const artifactType = effectiveArtifactType(manifest);
  return {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.size,
    ...(artifactType !== undefined && { artifactType }),
    ...(manifest.annotations !== undefined && { annotations: manifest.annotations }),
  };
}

/** Whether the bytes are those of a digest, whatever algorithm they were found under. */
export function isSameManifest(manifest: Manifest, digest: Digest): boolean {
  const algorithm = computableAlgorithm(digest);
  if (algorithm === undefined || algorithm === algorithmOf(manifest.digest)) return manifest.digest === digest;
  return digestOf(manifest.bytes, algorithm) === digest;
}

/** The bare {mediaType, digest, size} of a manifest: what `subject` fields hold. */
export function plainDescriptorOf(item: Descriptor | Manifest): Descriptor {
  return { mediaType: item.mediaType, digest: item.digest, size: item.size };
}
