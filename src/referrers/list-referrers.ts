import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor, Platform } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { plainDescriptorOf } from '../oci/manifest.ts';
import type { FetchedManifest } from '../store/store.ts';
import { checkPresence, type Presence } from './check-presence.ts';
import { type ChosenPlatforms, choosePlatforms } from './choose-platforms.ts';
import type { CollectSubject } from './collect-candidates.ts';
import { type ListReferrersRequest, nameOfRequest } from './list-request.ts';
import { buildListSettings, type ListSettings } from './list-settings.ts';
import { allNodes, type PlatformNode } from './platform-nodes.ts';
import { fetchImage } from './resolve-subject.ts';
import type { ReferrersTree, SubjectNode, UnreadSource } from './types.ts';
import { type WalkResult, walkReferrers } from './walk-referrers.ts';
import { WarningLimit } from './warning-limit.ts';

export type { ListReferrersRequest } from './list-request.ts';

/**
 * Lists the referrers of an image: of the index and of each platform, from every source, each digest once. Rows are
 * proved from bytes. Throws when the image itself cannot be read, when it would look nowhere (`input-invalid`,
 * `input-conflict`), when lists do not end (`page-limit`), when the signal aborts; a source that cannot be read makes
 * the tree incomplete and is named in `unread`.
 */
export async function listReferrers(request: ListReferrersRequest): Promise<ReferrersTree> {
  const warnings: Warning[] = [];
  const limit = new WarningLimit((warning) => {
    warnings.push(warning);
    request.onWarning?.(warning);
  });
  const ended = new AbortController();
  const signal = request.signal === undefined ? ended.signal : AbortSignal.any([request.signal, ended.signal]);
  try {
    const listed = await list(request, buildListSettings(request, limit.warn, signal));
    limit.flush();
    return { ...listed, warnings };
  } finally {
    // what failed, or was never asked for its answer, leaves no request behind
    ended.abort(new CodedError('aborted', 'the listing has ended'));
  }
}

async function list(request: ListReferrersRequest, settings: ListSettings): Promise<Omit<ReferrersTree, 'warnings'>> {
  const { store } = request;
  if (wantsInventory(request, settings)) settings.inventory.start();
  const image = await fetchImage(store, request.target, { signal: settings.signal });
  const chosen = await choosePlatforms(image.manifest, request, settings);
  const presence = settings.verify ? findPresence(chosen, settings) : chosen.presence;
  // a registry that sends hints saves more lists than the extra round costs
  const early = settings.trustHints && image.referrersHint !== undefined ? await presence : undefined;
  const subjects = subjectsOf(image, chosen, early);
  const [walk, present] = await Promise.all([walkReferrers(subjects, image.manifest.digest, settings), presence]);
  refuseWithoutApi(walk.unread, settings);
  return {
    repository: store.name,
    requested: nameOfRequest(request),
    root: buildRoot(image, chosen, walk, present),
    capability: settings.capability.capability,
    complete: walk.unread.length === 0 && ![...present.values()].some((found) => found instanceof CodedError),
    unread: walk.unread,
  };
}

/** Of every platform: what was read on the way to others is not read again. */
async function findPresence({ platforms, presence }: ChosenPlatforms, settings: ListSettings): Promise<Presence> {
  const digests = allNodes(platforms).map(({ descriptor }) => descriptor.digest);
  const looked = await checkPresence(new Set(digests.filter((digest) => !presence.has(digest))), settings);
  return new Map([...presence, ...looked]);
}

/** Where one request for the tags may save several. */
function wantsInventory(request: ListReferrersRequest, settings: ListSettings): boolean {
  const { trustHints, sources, useTagSchema, depth, verify } = settings;
  if (!trustHints) return false;
  const manyTags = depth > 1 || (!verify && request.platforms !== 'none');
  return sources.has('cosign-tags') || (useTagSchema && manyTags);
}

/** Each digest once: an index may name one manifest for two platforms. */
function subjectsOf(
  image: FetchedManifest,
  { includeIndex, platforms }: ChosenPlatforms,
  presence: Presence | undefined,
): CollectSubject[] {
  const { manifest, referrersHint } = image;
  const subjects = new Map<Digest, CollectSubject>();
  if (includeIndex) subjects.set(manifest.digest, { digest: manifest.digest, level: 1, hint: referrersHint });
  for (const { descriptor, siblings } of allNodes(platforms)) {
    const { digest } = descriptor;
    const found = presence?.get(digest);
    const hint = typeof found === 'object' && 'manifest' in found ? found.referrersHint : undefined;
    subjects.set(digest, { digest, level: 1, siblings, hint });
  }
  return [...subjects.values()].map((subject, i) => ({ ...subject, isSample: i === 0 }));
}

function refuseWithoutApi(unread: readonly UnreadSource[], { requireApi, store }: ListSettings): void {
  const absent = requireApi ? unread.find(({ code }) => code === 'referrers-api-required') : undefined;
  if (absent === undefined) return;
  throw new CodedError('referrers-api-required', absent.reason, {
    hint: `\`distribution-spec: v1.1-referrers-api\` forbids the fallback tag of ${store.name}. Use \`auto\` to allow it.`,
  });
}

function buildRoot(
  { manifest }: FetchedManifest,
  { platforms }: ChosenPlatforms,
  { bySubject }: WalkResult,
  presence: Presence,
): SubjectNode {
  const node = (
    descriptor: Descriptor,
    platform: Platform | undefined,
    children: readonly SubjectNode[],
    isNestedIndex = false,
  ): SubjectNode => {
    const found = presence.get(descriptor.digest);
    return {
      descriptor,
      ...(platform !== undefined && { platform }),
      ...(isNestedIndex && { isNestedIndex }),
      missing: found === 'missing',
      ...(found instanceof CodedError && { unreadable: { code: found.code, reason: found.message } }),
      referrers: bySubject.get(descriptor.digest) ?? [],
      children,
    };
  };
  const nodeOf = ({ descriptor, platform, kind, children }: PlatformNode): SubjectNode =>
    node(descriptor, platform, children.map(nodeOf), kind !== 'platform');
  return node(plainDescriptorOf(manifest), undefined, platforms.map(nodeOf));
}
