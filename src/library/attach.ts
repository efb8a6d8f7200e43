import { CodedError } from '../errors/coded-error.ts';
import { parseArtifactType, parseMediaType } from '../oci/artifact-type.ts';
import type { Annotations } from '../oci/descriptor.ts';
import { type Digest, digestOf } from '../oci/digest.ts';
import { plainDescriptorOf } from '../oci/manifest.ts';
import { ANNOTATION_TITLE, OCTET_STREAM } from '../oci/media-types.ts';
import { describeTitleProblem, foldTitle } from '../oci/title.ts';
import type { Artifact, ArtifactLayer } from '../referrers/artifact.ts';
import { attachArtifacts } from '../referrers/attach-artifacts.ts';
import type { AttachOutcome, AttachSettings } from '../referrers/attach-types.ts';
import { awaitImage } from '../referrers/await-image.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../referrers/marker.ts';
import type { BlobSource, ManifestTarget } from '../store/store.ts';

/** A file of an artifact. */
export interface AttachFile {
  /**
   * `org.opencontainers.image.title`: the name that tools give the file when they pull it. A relative path that every
   * system can write, without `..`; no two of an artifact may be one on a system without case.
   */
  readonly title: string;
  /** Default `application/octet-stream`. */
  readonly mediaType?: string;
  /** The bytes, or where they come from with their digest and size. */
  readonly content: Uint8Array | BlobSource;
}

/** One artifact, to be attached to one subject. */
export interface AttachRequest extends AttachSettings {
  /** The image's digest, or its tag: `{ tag: '1.4' }`. Of a multi-platform image it is the index. */
  readonly target: ManifestTarget;
  readonly artifactType: string;
  /** The layers, in order; none makes an artifact of annotations alone. */
  readonly files: readonly AttachFile[];
  readonly annotations?: Annotations;
}

/** What became of the artifact. */
export interface AttachedArtifact {
  readonly digest: Digest;
  readonly subject: Digest;
  /** `unchanged`: an equal one was there. `planned`: a dry run. */
  readonly status: Exclude<AttachOutcome['status'], 'failed'>;
  /** Others find it by the referrers API, or by the fallback tag; undefined in a dry run that did not ask. */
  readonly via: 'api' | 'tag-schema' | undefined;
  /** Digests that `ifExists: 'replace'` removed, or in a dry run would remove. */
  readonly replaces: readonly Digest[];
}

/**
 * Attaches one artifact to an image, and reads it back from the registry's list before it says so. The same input gives
 * the same digest. Throws a CodedError that says what is on the registry and what is not; before any request
 * `input-invalid` or `input-conflict` for titles.
 */
export async function attach(request: AttachRequest): Promise<AttachedArtifact> {
  const { target, artifactType, files, annotations, ...settings } = request;
  requireTitles(files);
  const artifact: Artifact = {
    artifactType: parseArtifactType(artifactType),
    layers: files.map(layerOf),
    annotations: { ...annotations, [ANNOTATION_ATTACHED_BY]: ATTACHED_BY },
  };
  // the subject is read while uploads are prepared
  let isLate = false;
  const onWait = (): void => {
    isLate = true;
  };
  const { store, clock, signal } = settings;
  const targets = awaitImage(store, target, { clock, signal, onWait }).then(({ manifest }) => [
    { subject: plainDescriptorOf(manifest), artifacts: [artifact] },
  ]);
  const [outcome] = await attachArtifacts({
    ...settings,
    targets,
    early: [artifact],
    earlySubject: typeof target === 'string' ? target : undefined,
    isSubjectLate: () => isLate,
  });
  if (outcome === undefined) throw new CodedError('internal', 'attach: the only artifact has no outcome');
  if (outcome.status === 'failed') throw outcome.error;
  const { digest, status, via, replaces } = outcome;
  return { digest, subject: outcome.target.subject.digest, status, via, replaces };
}

function requireTitles(files: readonly AttachFile[]): void {
  const seen = new Map<string, string>();
  for (const { title } of files) {
    const problem = describeTitleProblem(title);
    if (problem !== undefined) {
      throw new CodedError('input-invalid', `attach: ${JSON.stringify(title)} cannot be a title: ${problem}`, {
        hint: 'Expected a relative path, such as sbom.spdx.json: whoever downloads the file writes it there.',
      });
    }
    const other = seen.get(foldTitle(title));
    if (other !== undefined) {
      throw new CodedError(
        'input-conflict',
        `attach: ${JSON.stringify(other)} and ${JSON.stringify(title)} would be one file where case does not count`,
        { hint: 'Give each file of an artifact a title of its own.' },
      );
    }
    seen.set(foldTitle(title), title);
  }
}

function layerOf({ title, mediaType, content }: AttachFile): ArtifactLayer {
  const blob = content instanceof Uint8Array ? bytesAsBlob(content) : content;
  return {
    descriptor: {
      mediaType: mediaType === undefined ? OCTET_STREAM : parseMediaType(mediaType),
      digest: blob.digest,
      size: blob.size,
      annotations: { [ANNOTATION_TITLE]: title },
    },
    open: () => blob.open(),
  };
}

function bytesAsBlob(bytes: Uint8Array): BlobSource {
  return {
    digest: digestOf(bytes),
    size: bytes.byteLength,
    open: async function* open() {
      yield bytes;
    },
  };
}
