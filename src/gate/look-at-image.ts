import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { type Manifest, plainDescriptorOf } from '../oci/manifest.ts';
import type { EvidenceGap, EvidenceItem, ImageScope } from '../policy/evidence-item.ts';
import type { EvidencePlan } from '../policy/plan-evidence.ts';
import { checkPresence, type Presence } from '../referrers/check-presence.ts';
import type { ListSettings } from '../referrers/list-settings.ts';
import { allNodes, type PlatformNode } from '../referrers/platform-nodes.ts';
import { fetchImage, platformOfManifest } from '../referrers/resolve-subject.ts';
import { type PlatformWalk, walkPlatforms } from '../referrers/walk-platforms.ts';
import { chosenPlatforms, describeScope } from './describe-scope.ts';
import type { Examination } from './examine-candidate.ts';
import { type EvidenceSubject, type Gathered, gatherCandidates } from './gather-candidates.ts';
import type { JudgeRequest } from './judge-image.ts';
import { askGithub, examineBundles, type OutsideOptions } from './outside-evidence.ts';

/** Each is two or more requests, and a column of the matrix; no honest image has more than some dozens. */
const MAX_PLATFORMS = 500;

const NO_PLATFORMS: PlatformWalk = { nodes: [], presence: new Map() };

/** The image, and what stands before anything of its registry is examined. */
export interface LookedAt {
  readonly image: ImageScope;
  readonly gathered: Gathered;
  /** Of GitHub's API and the user's bundles: they came with their bytes. */
  readonly items: readonly EvidenceItem[];
  readonly gaps: readonly EvidenceGap[];
}

/**
 * Resolves the image, once, and the indexes inside its own, if there are any. Then asks, all at the same time, for the
 * lists of the index and its platforms, whether the platforms are there, and what others hold. Throws what reading the image throws: `manifest-unknown`; `page-limit`.
 */
export async function lookAtImage(
  request: JudgeRequest,
  plan: EvidencePlan,
  settings: ListSettings,
  examination: Examination,
): Promise<LookedAt> {
  const { store, requested, target, github, bundles = [], signal } = request;
  const { manifest } = await fetchImage(store, target, { signal });
  const walks = manifest.kind === 'index' && plan.platforms !== 'none';
  const walk = walks ? await walkPlatforms(manifest, settings) : NO_PLATFORMS;
  const platforms = chosenPlatforms(walk.nodes, plan);
  if (platforms.length > MAX_PLATFORMS) throw tooManyPlatforms(requested, platforms.length);
  const subjects = subjectsOf(manifest, walk, platforms, plan);
  const descriptors = subjects.map(({ descriptor }) => descriptor);
  const outside = outsideOptions(examination);
  const children = platforms.map(({ descriptor }) => descriptor.digest);
  const unseen = new Set(children.filter((digest) => !walk.presence.has(digest)));
  const [looked, gathered, fromBundles, fromGithub, platform] = await Promise.all([
    checkPresence(unseen, settings),
    gatherCandidates(subjects, settings),
    examineBundles(bundles, descriptors, outside),
    Promise.all(github === undefined ? [] : descriptors.map((subject) => askGithub(subject, github, outside))),
    // asked for only where a rule chooses platforms
    plan.ownPlatform && manifest.kind === 'manifest' ? platformOfManifest(store, manifest, { signal }) : undefined,
    // begun now, while the answers are on their way
    examination.trusts(),
  ]);
  const presence: Presence = new Map([...walk.presence, ...looked]);
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

/**
 * Each digest once: an index may name one manifest for two platforms. The indexes inside the image's own stand for the
 * platforms in them, where any rule takes evidence of a container.
 */
function subjectsOf(
  manifest: Manifest,
  { nodes }: PlatformWalk,
  platforms: readonly PlatformNode[],
  { index, containers }: EvidencePlan,
): EvidenceSubject[] {
  const subjects = new Map<Digest, EvidenceSubject>();
  if (manifest.kind !== 'index' || index) {
    subjects.set(manifest.digest, { digest: manifest.digest, level: 1, descriptor: plainDescriptorOf(manifest) });
  }
  const within = new Set(containers ? platforms.flatMap((platform) => platform.within) : []);
  const nested = allNodes(nodes).filter(({ kind, descriptor }) => kind === 'index' && within.has(descriptor.digest));
  for (const { descriptor, siblings } of [...nested, ...platforms]) {
    subjects.set(descriptor.digest, { digest: descriptor.digest, level: 1, descriptor, siblings });
  }
  return [...subjects.values()];
}

function outsideOptions({ store, trusts, now, predicates, turns, signal }: Examination): OutsideOptions {
  return {
    trusts,
    now,
    predicates,
    turns,
    signal,
    readManifest: async (digest) => (await store.findManifest(digest, { purpose: 'proof', signal }))?.manifest.bytes,
  };
}
