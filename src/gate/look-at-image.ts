import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { type Manifest, plainDescriptorOf } from '../oci/manifest.ts';
import type { EvidenceGap, EvidenceItem, ImageScope } from '../policy/evidence-item.ts';
import type { EvidencePlan } from '../policy/plan-evidence.ts';
import { checkPresence } from '../referrers/check-presence.ts';
import type { ListSettings } from '../referrers/list-settings.ts';
import { fetchImage, type PlatformSubject, platformOfManifest } from '../referrers/resolve-subject.ts';
import { chosenPlatforms, describeScope } from './describe-scope.ts';
import type { Examination } from './examine-candidate.ts';
import { type EvidenceSubject, type Gathered, gatherCandidates } from './gather-candidates.ts';
import type { JudgeRequest } from './judge-image.ts';
import { askGithub, examineBundles, type OutsideOptions } from './outside-evidence.ts';

/** Each is two or more requests, and a column of the matrix; no honest image has more than some dozens. */
const MAX_PLATFORMS = 500;

/** The image, and what stands before anything of its registry is examined. */
export interface LookedAt {
  readonly image: ImageScope;
  readonly gathered: Gathered;
  /** Of GitHub's API and the user's bundles: they came with their bytes. */
  readonly items: readonly EvidenceItem[];
  readonly gaps: readonly EvidenceGap[];
}

/**
 * Resolves the image, once. Then asks, all at the same time, for the lists of the index and its platforms, whether the
 * platforms are there, and what others hold. Throws what reading the image throws: `manifest-unknown`; `page-limit`.
 */
export async function lookAtImage(
  request: JudgeRequest,
  plan: EvidencePlan,
  settings: ListSettings,
  examination: Examination,
): Promise<LookedAt> {
  const { store, requested, target, github, bundles = [], signal } = request;
  const { manifest } = await fetchImage(store, target, { signal });
  const platforms = chosenPlatforms(manifest, plan);
  if (platforms.length > MAX_PLATFORMS) throw tooManyPlatforms(requested, platforms.length);
  const subjects = subjectsOf(manifest, platforms, plan);
  const descriptors = subjects.map(({ descriptor }) => descriptor);
  const outside = outsideOptions(examination);
  const children = new Set(platforms.map(({ descriptor }) => descriptor.digest));
  const [presence, gathered, fromBundles, fromGithub, platform] = await Promise.all([
    checkPresence(children, settings),
    gatherCandidates(subjects, settings),
    examineBundles(bundles, descriptors, outside),
    Promise.all(github === undefined ? [] : descriptors.map((subject) => askGithub(subject, github, outside))),
    // asked for only where a rule chooses platforms
    plan.ownPlatform && manifest.kind === 'manifest' ? platformOfManifest(store, manifest, { signal }) : undefined,
    // begun now, while the answers are on their way
    examination.trusts(),
  ]);
  return {
    image: describeScope({ requested, repository: store.name, manifest, platform, platforms, presence }),
    gathered,
    items: [...fromBundles, ...fromGithub.flatMap(({ items }) => items)],
    gaps: fromGithub.flatMap(({ gaps }) => gaps),
  };
}

function tooManyPlatforms(requested: string, count: number): CodedError {
  return new CodedError('page-limit', `${requested} names ${count} platforms, and up to ${MAX_PLATFORMS} are judged`, {
    hint: '`platforms` chooses those that matter.',
  });
}

/** Each digest once: an index may name one manifest for two platforms. */
function subjectsOf(
  manifest: Manifest,
  platforms: readonly PlatformSubject[],
  { index }: EvidencePlan,
): EvidenceSubject[] {
  const siblings = manifest.kind === 'index' ? manifest.manifests : undefined;
  const subjects = new Map<Digest, EvidenceSubject>();
  if (manifest.kind !== 'index' || index) {
    subjects.set(manifest.digest, { digest: manifest.digest, level: 1, descriptor: plainDescriptorOf(manifest) });
  }
  for (const { descriptor } of platforms) {
    subjects.set(descriptor.digest, { digest: descriptor.digest, level: 1, descriptor, siblings });
  }
  return [...subjects.values()];
}

function outsideOptions({ store, trusts, now, keepsPredicates, signal }: Examination): OutsideOptions {
  return {
    trusts,
    now,
    keepsPredicates,
    signal,
    readManifest: async (digest) => (await store.findManifest(digest, { purpose: 'proof', signal }))?.manifest.bytes,
  };
}
