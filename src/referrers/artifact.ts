import { buildArtifactManifest, EMPTY_DESCRIPTOR } from '../oci/artifact-manifest.ts';
import type { Annotations, Descriptor } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { ANNOTATION_TITLE, OCI_MANIFEST } from '../oci/media-types.ts';
import type { BlobSource } from '../store/store.ts';

/** A file of an artifact: its descriptor, the title in its annotations, and where its bytes come from. */
export interface ArtifactLayer {
  readonly descriptor: Descriptor;
  open(): AsyncIterable<Uint8Array>;
}

/** Something to attach: what its manifest will say, except the subject. */
export interface Artifact {
  readonly artifactType: string;
  readonly layers: readonly ArtifactLayer[];
  readonly annotations?: Annotations | undefined;
  /**
   * Keys of annotations that say when it was made, not what it is (`org.opencontainers.image.created` from
   * SOURCE_DATE_EPOCH): an artifact that differs in them alone is equal. Default none: what a user gave counts.
   */
  readonly volatileAnnotations?: readonly string[] | undefined;
  /**
   * Made this moment, so that nothing equal can be there (a signature): it is pushed, whatever `if-exists` says, and
   * takes nothing's place. Default false.
   */
  readonly fresh?: boolean | undefined;
}

/** An artifact with its subject: the manifest's bytes, and so its digest, are fixed. */
export interface BoundArtifact {
  readonly artifact: Artifact;
  readonly subject: Descriptor;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** As a list of referrers shows it. */
  readonly descriptor: Descriptor;
}

/** The same artifact and subject give the same bytes and digest: nothing in them depends on when or where. */
export function bindArtifact(artifact: Artifact, subject: Descriptor): BoundArtifact {
  const { artifactType, annotations } = artifact;
  const bytes = buildArtifactManifest({
    artifactType,
    annotations,
    layers: artifact.layers.map((layer) => layer.descriptor),
    subject,
  });
  const digest = digestOf(bytes);
  const hasAnnotations = annotations !== undefined && Object.keys(annotations).length > 0;
  return {
    artifact,
    subject,
    bytes,
    digest,
    descriptor: {
      mediaType: OCI_MANIFEST,
      digest,
      size: bytes.byteLength,
      artifactType,
      ...(hasAnnotations && { annotations }),
    },
  };
}

export function blobOf(layer: ArtifactLayer): BlobSource {
  return { digest: layer.descriptor.digest, size: layer.descriptor.size, open: () => layer.open() };
}

export function titlesOf(layers: readonly Descriptor[]): string[] {
  return layers.flatMap((layer) => {
    if (layer.digest === EMPTY_DESCRIPTOR.digest && layer.mediaType === EMPTY_DESCRIPTOR.mediaType) return [];
    return [layer.annotations?.[ANNOTATION_TITLE] ?? ''];
  });
}

/** Bytes of the manifest and its layers together. */
export function sizeOf(bound: BoundArtifact): number {
  return bound.artifact.layers.reduce((sum, layer) => sum + layer.descriptor.size, bound.bytes.byteLength);
}
