import { CodedError } from '../../errors/coded-error.ts';
import type { Warning } from '../../errors/warning.ts';
import { describeMismatch } from '../../evidence/subject-claim.ts';
import type { Digest } from '../../oci/digest.ts';
import { type Manifest, plainDescriptorOf } from '../../oci/manifest.ts';
import { formatPlatform } from '../../oci/platform.ts';
import type { Artifact } from '../../referrers/artifact.ts';
import type { AttachTarget } from '../../referrers/attach-types.ts';
import { leafNodes } from '../../referrers/platform-nodes.ts';
import { type PlatformSubject, selectPlatforms, singlePlatform } from '../../referrers/resolve-subject.ts';
import { walkPlatforms } from '../../referrers/walk-platforms.ts';
import type { Store } from '../../store/store.ts';
import type { AttachPlan } from './attach-plan.ts';
import type { AttachOptions } from './options.ts';
import type { PlannedArtifact } from './plan-artifacts.ts';

/** A subject with what it gets; `planned` are the artifacts as they were planned, in the same order. */
export interface ChosenTarget extends AttachTarget {
  readonly planned: readonly PlannedArtifact[];
}

export interface TargetsRequest {
  readonly store: Store;
  readonly requested: string;
  readonly manifest: Manifest;
  readonly plan: AttachPlan;
  readonly options: AttachOptions;
  readonly signal: AbortSignal;
  readonly warn: (warning: Warning) => void;
}

/**
 * The subjects of an image and what each gets, with everything checked that is to be checked before the first write:
 * the platforms, their files, and that statements are about the digest that they go to.
 */
export async function chooseTargets(request: TargetsRequest): Promise<ChosenTarget[]> {
  const { subjects, missing } = await chooseSubjects(request);
  const present = await withoutMissing(subjects, missing, request);
  const targets: ChosenTarget[] = [];
  for (const { descriptor, platform } of present) {
    const planned = await request.plan.artifactsFor(platform);
    for (const artifact of planned) checkClaims(artifact, descriptor.digest, request);
    targets.push({ subject: descriptor, platform, planned, artifacts: await Promise.all(planned.map(toArtifact)) });
  }
  return targets;
}

interface ChosenSubjects {
  readonly subjects: readonly PlatformSubject[];
  /** Those of which it is known already that the registry does not hold them. */
  readonly missing: ReadonlySet<Digest>;
}

/** Throws what keeps an index inside the image's own from being read: the platforms in it would be left out unheard. */
async function chooseSubjects(request: TargetsRequest): Promise<ChosenSubjects> {
  const { store, requested, manifest, plan, signal } = request;
  const missing = new Set<Digest>();
  if (plan.choice === 'index') {
    return { subjects: [{ descriptor: plainDescriptorOf(manifest), platform: undefined }], missing };
  }
  if (manifest.kind !== 'index') {
    // an image with one manifest is its own platform
    const single = await singlePlatform(store, manifest, { signal });
    return { subjects: selectPlatforms([single], plan.choice, requested), missing };
  }
  // what cannot be read is thrown, and what is missing is said below, as options.missingPlatforms has it
  const { nodes, presence } = await walkPlatforms(manifest, { store, signal, warn: () => undefined });
  for (const [digest, found] of presence) {
    if (found instanceof CodedError) throw found;
    if (found === 'missing') missing.add(digest);
  }
  const available = leafNodes(nodes);
  if (available.length > 0) return { subjects: selectPlatforms(available, plan.choice, requested), missing };
  throw new CodedError('platform-not-found', `${requested} is an index that names no platform`, {
    hint: 'Attach to the index itself with `platforms: index`.',
  });
}

/** A sparse index names platforms that the registry does not hold; attaching to those is somebody's explicit wish. */
async function withoutMissing(
  subjects: readonly PlatformSubject[],
  known: ReadonlySet<Digest>,
  request: TargetsRequest,
): Promise<readonly PlatformSubject[]> {
  const { store, options, manifest, signal, warn } = request;
  const inIndex = manifest.kind === 'index' && request.plan.choice !== 'index';
  if (!inIndex || options.missingPlatforms === 'attach') return subjects;
  const isHeld = async ({ descriptor: { digest } }: PlatformSubject): Promise<boolean> => {
    if (known.has(digest)) return false;
    const found = await store.findManifest(digest, { purpose: 'look-up', signal });
    if (found?.manifest.kind === 'index') throw notAsCalled(digest, request);
    return found !== undefined;
  };
  const held = await Promise.all(subjects.map(isHeld));
  const missing = subjects.filter((_, i) => held[i] !== true);
  if (missing.length === 0) return subjects;
  if (options.missingPlatforms === 'fail') throw platformMissing(missing, request);
  for (const subject of missing)
    warn({
      code: 'platform-missing',
      message: `${nameOf(subject)} is not on the registry and is skipped`,
      subject: subject.descriptor.digest,
    });
  return subjects.filter((_, i) => held[i] === true);
}

/** Which platforms are in it is for those to say who call it an index. */
function notAsCalled(digest: Digest, { requested }: TargetsRequest): CodedError {
  return new CodedError(
    'manifest-invalid',
    `${requested} names ${digest} as something else than the index that it is`,
    {
      hint: 'Clients do not agree what is run. `platforms: index` attaches to the image as a whole.',
    },
  );
}

function platformMissing(missing: readonly PlatformSubject[], { requested, store }: TargetsRequest): CodedError {
  return new CodedError(
    'manifest-unknown',
    `${requested} names ${missing.map(nameOf).join(', ')}, which ${store.name} does not hold (a sparse index)`,
    {
      hint: 'Use `missing-platforms: skip` to leave such platforms out, or `attach` to attach to their digests all the same.',
    },
  );
}

function nameOf({ platform, descriptor }: PlatformSubject): string {
  return platform === undefined ? descriptor.digest : `${formatPlatform(platform)} (${descriptor.digest})`;
}

/**
 * The artifacts whose uploads may be prepared while the image is still being read: those that every subject gets, and
 * that no claim of their own can bar from it. `subject`: the digest that they go to, where it is known already.
 */
export async function artifactsToPrepare(
  plan: AttachPlan,
  subject: Digest | undefined,
  options: AttachOptions,
): Promise<readonly Artifact[]> {
  const common = (await plan.common) ?? [];
  const isFree = ({ layers }: PlannedArtifact): boolean =>
    layers.every((layer) =>
      subject === undefined ? layer.claim.kind === 'none' : describeMismatch(layer, subject) === undefined,
    );
  return Promise.all(common.filter((planned) => options.allowSubjectMismatch || isFree(planned)).map(toArtifact));
}

/** A statement about another image is evidence for nothing here, and looks like evidence. */
function checkClaims(artifact: PlannedArtifact, subject: Digest, { options, warn }: TargetsRequest): void {
  for (const { claim, file } of artifact.layers) {
    const mismatch = describeMismatch({ claim }, subject);
    if (mismatch === undefined) continue;
    const message = `${JSON.stringify(file.shownPath)} cannot be attached to ${subject}: ${mismatch}`;
    if (!options.allowSubjectMismatch) {
      throw new CodedError('subject-mismatch', message, {
        hint: 'Attach it to the image, or the platform, that it is about; `allow-subject-mismatch: true` attaches it all the same.',
      });
    }
    warn({
      code: 'subject-mismatch-allowed',
      message: `${JSON.stringify(file.shownPath)} was let through although ${mismatch}`,
      subject,
    });
  }
}

/** The planned artifact as the heart of attach takes it: every layer with its digest. */
async function toArtifact(planned: PlannedArtifact): Promise<Artifact> {
  const layers = await Promise.all(
    planned.layers.map(async ({ file, mediaType, annotations }) => ({
      descriptor: { mediaType, digest: await file.digest(), size: file.size, annotations },
      open: () => file.open(),
    })),
  );
  const { artifactType, annotations, volatileAnnotations } = planned;
  return { artifactType, layers, annotations, volatileAnnotations };
}
