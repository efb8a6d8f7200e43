import type { Annotations, Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';
import { OCI_EMPTY, OCI_MANIFEST } from './media-types.ts';

/** The bytes `{}` that stand for "no config" and "no layer", image-spec 1.1 manifest.md "Guidance for an Empty Descriptor". */
export const EMPTY_BLOB = new TextEncoder().encode('{}');
/** Its sha256, as the spec gives it: computing it would load node:crypto before the first request. */
export const EMPTY_DIGEST: Digest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
export const EMPTY_DESCRIPTOR: Descriptor = { mediaType: OCI_EMPTY, digest: EMPTY_DIGEST, size: EMPTY_BLOB.byteLength };

export interface ArtifactManifestParts {
  readonly artifactType: string;
  /** None: one empty descriptor stands in, as the spec asks. */
  readonly layers: readonly Descriptor[];
  readonly subject: Descriptor;
  readonly annotations?: Annotations | undefined;
}

/**
 * The bytes of an artifact manifest, image-spec 1.1 manifest.md "Guidelines for Artifact Usage". The same parts give
 * the same bytes: keys in spec order, annotations sorted, no time stamp.
 */
export function buildArtifactManifest(parts: ArtifactManifestParts): Uint8Array {
  const layers = parts.layers.length > 0 ? parts.layers : [EMPTY_DESCRIPTOR];
  const annotations = sortedAnnotations(parts.annotations);
  return new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: parts.artifactType,
      config: orderedDescriptor(EMPTY_DESCRIPTOR),
      layers: layers.map(orderedDescriptor),
      subject: orderedDescriptor(parts.subject),
      ...(annotations !== undefined && { annotations }),
    }),
  );
}

/** A descriptor with its keys in spec order, so that equal descriptors become equal bytes. */
export function orderedDescriptor(descriptor: Descriptor): Record<string, unknown> {
  const annotations = sortedAnnotations(descriptor.annotations);
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(annotations !== undefined && { annotations }),
    ...(descriptor.artifactType !== undefined && { artifactType: descriptor.artifactType }),
    ...(descriptor.platform !== undefined && { platform: descriptor.platform }),
  };
}

function sortedAnnotations(annotations: Annotations | undefined): Annotations | undefined {
  const entries = Object.entries(annotations ?? {});
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
