import { CodedError } from '../../errors/coded-error.ts';
import { claimOfDeclared } from '../../evidence/declared-claim.ts';
import { detectableFormats } from '../../evidence/detect.ts';
import type { Detection, Evidence, SubjectClaim } from '../../evidence/detection.ts';
import { ANNOTATION_THUMBPRINTS } from '../../evidence/formats/notation.ts';
import type { Annotations } from '../../oci/descriptor.ts';
import { ANNOTATION_CREATED, ANNOTATION_TITLE, NOTATION_SIGNATURE, OCTET_STREAM } from '../../oci/media-types.ts';
import { ANNOTATION_ATTACHED_BY, ATTACHED_BY } from '../../referrers/marker.ts';
import type { PreparedFile } from './prepare.ts';
import { requireTitles } from './titles.ts';

export interface PlannedLayer {
  readonly file: PreparedFile;
  readonly mediaType: string;
  /** of its descriptor: the title, and what the format asks for */
  readonly annotations: Annotations;
  /** What the file's content says it is. */
  readonly detection: Detection;
  /** What it is about, to be compared with each subject; by its content, or by what it is declared to be. */
  readonly claim: SubjectClaim;
}

/** An artifact to be attached, the same for every subject that it goes to. */
export interface PlannedArtifact {
  readonly artifactType: string;
  /** Empty: an artifact of annotations alone. */
  readonly layers: readonly PlannedLayer[];
  /** of the manifest */
  readonly annotations: Annotations;
  /** Keys of those that say when it was made, and that no user gave. */
  readonly volatileAnnotations: readonly string[];
}

export interface PlanOptions {
  /** Makes all files the layers of one artifact. */
  readonly artifactType?: string | undefined;
  /** The user's. */
  readonly annotations?: Annotations | undefined;
  /** RFC 3339; no time stamp if absent. */
  readonly created?: string | undefined;
}

/**
 * Files -> artifacts. With an artifact type, one artifact whose layers are all files; without, one for each file, whose
 * type is found from its content, else is the media type declared for it. A layer's media type is the declared one,
 * else the content's, else application/octet-stream.
 * Throws `artifact-type-needed`, `input-conflict` (equal titles in one artifact), `annotation-invalid` (against what the
 * content says), `input-invalid` (nothing to attach), `file-unreadable`, `file-changed`.
 */
export async function planArtifacts(files: readonly PreparedFile[], options: PlanOptions): Promise<PlannedArtifact[]> {
  const layers: PlannedLayer[] = [];
  // one after the other: a document is in memory while it is looked at
  for (const file of files) layers.push(await planLayer(file, options.artifactType));
  if (options.artifactType === undefined) {
    if (layers.length === 0) throw nothingWithoutType();
    return layers.map((layer) => planArtifact(typeOf(layer), [layer], options));
  }
  if (layers.length === 0 && Object.keys(options.annotations ?? {}).length === 0) throw nothingToAttach();
  return [planArtifact(options.artifactType, layers, options)];
}

async function planLayer(file: PreparedFile, artifactType: string | undefined): Promise<PlannedLayer> {
  const detection = await file.detection();
  const evidence = detection.kind === 'unknown' ? undefined : detection;
  return {
    file,
    mediaType: file.declaredMediaType ?? evidence?.mediaType ?? OCTET_STREAM,
    annotations: { ...evidence?.layerAnnotations, [ANNOTATION_TITLE]: file.title },
    detection,
    claim: claimOfDeclared(detection, [file.declaredMediaType, artifactType]),
  };
}

function planArtifact(artifactType: string, layers: readonly PlannedLayer[], options: PlanOptions): PlannedArtifact {
  requireTitles(layers.map((layer) => layer.file));
  const facts = factsOf(artifactType, layers);
  const given = options.annotations ?? {};
  for (const [key, value] of Object.entries(facts)) {
    if (Object.hasOwn(given, key) && given[key] !== value) throw contradiction(key, given[key], value, layers);
  }
  const annotations = {
    ...(options.created !== undefined && { [ANNOTATION_CREATED]: options.created }),
    ...given,
    ...facts,
    [ANNOTATION_ATTACHED_BY]: ATTACHED_BY,
  };
  requireThumbprints(artifactType, annotations, layers);
  const isGiven = Object.hasOwn(given, ANNOTATION_CREATED) || Object.hasOwn(facts, ANNOTATION_CREATED);
  const volatileAnnotations = options.created === undefined || isGiven ? [] : [ANNOTATION_CREATED];
  return { artifactType, layers, annotations, volatileAnnotations };
}

/**
 * The annotations that the content itself gives: where the artifact is of the content's own type and holds nothing
 * else, since by them a tool of that type picks what it reads.
 */
function factsOf(artifactType: string, layers: readonly PlannedLayer[]): Annotations {
  const [layer, ...others] = layers;
  if (layer === undefined || others.length > 0 || layer.detection.kind === 'unknown') return {};
  const evidence: Evidence = layer.detection;
  return evidence.artifactType === artifactType ? evidence.annotations : {};
}

/** A Notation signature that lacks them is never found by notation, which would look like an image without a signature. */
function requireThumbprints(artifactType: string, annotations: Annotations, layers: readonly PlannedLayer[]): void {
  if (artifactType !== NOTATION_SIGNATURE || annotations[ANNOTATION_THUMBPRINTS] !== undefined) return;
  const [layer] = layers;
  const why =
    layers.length === 1 && layer?.detection.kind === 'unknown'
      ? `cannot be computed: ${layer.detection.reason}`
      : 'is computed for exactly one signature envelope';
  throw new CodedError(
    'annotation-invalid',
    `${artifactType} needs the annotation ${ANNOTATION_THUMBPRINTS}, which ${why}`,
    {
      hint: 'Attach one JWS or COSE envelope as notation writes it, or give the annotation yourself.',
    },
  );
}

function typeOf({ file, detection }: PlannedLayer): string {
  if (detection.kind !== 'unknown') return detection.artifactType;
  if (file.declaredMediaType !== undefined) return file.declaredMediaType;
  throw new CodedError(
    'artifact-type-needed',
    `the type of ${JSON.stringify(file.shownPath)} is not known from its content: ${detection.reason}`,
    {
      hint: `Say it as path:media-type in files, or set artifact-type. Looked for: ${detectableFormats().join(', ')}.`,
    },
  );
}

function contradiction(
  key: string,
  given: string | undefined,
  found: string,
  layers: readonly PlannedLayer[],
): CodedError {
  const file = JSON.stringify(layers[0]?.file.shownPath);
  return new CodedError(
    'annotation-invalid',
    `annotation ${key} is given as ${JSON.stringify(given)}, but the content of ${file} says ${JSON.stringify(found)}`,
    { hint: 'Leave the annotation out: it is set from the content.' },
  );
}

function nothingWithoutType(): CodedError {
  return new CodedError('artifact-type-needed', 'there is no file to attach and no artifact type', {
    hint: 'Set files; or set artifact-type and annotations to attach annotations alone.',
  });
}

function nothingToAttach(): CodedError {
  return new CodedError('input-invalid', 'there is nothing to attach: neither files nor annotations are set', {
    hint: 'An artifact without a file needs at least one annotation.',
  });
}
