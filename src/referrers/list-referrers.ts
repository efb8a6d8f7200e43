import { CodedError } from '../errors/coded-error.ts';
import type { Warning } from '../errors/warning.ts';
import type { Descriptor, Platform } from '../oci/descriptor.ts';
import { type Manifest, plainDescriptorOf } from '../oci/manifest.ts';
import type { FetchedManifest, ManifestTarget, Store } from '../store/store.ts';
import { type CapabilityMemory, createCapabilityMemory } from './capability.ts';
import type { CollectSubject } from './collect-candidates.ts';
import { MATCH_ALL, type ReferrerFilter, serverSideType } from './filter.ts';
import type { ListSettings } from './list-settings.ts';
import { fetchImage, type PlatformSubject, platformsOf, selectPlatforms, singlePlatform } from './resolve-subject.ts';
import { TagInventory } from './tag-inventory.ts';
import {
  type DistributionSpec,
  REFERRER_SOURCES,
  type ReferrerSource,
  type ReferrersTree,
  type SubjectNode,
} from './types.ts';
import { type WalkedSubject, walkReferrers } from './walk-referrers.ts';

export interface ListReferrersRequest {
  readonly store: Store;
  /** The image as the user wrote it; default `repository:tag` or `repository@digest`. */
  readonly requested?: string | undefined;
  readonly target: ManifestTarget;
  /** Which platforms of an index are looked at besides the index itself, default all. */
  readonly platforms?: readonly Platform[] | 'all' | 'none' | undefined;
  /** Whether the image's own manifest (the index) is looked at; default true unless platforms are named. */
  readonly includeIndex?: boolean | undefined;
  /** Default all four. */
  readonly sources?: readonly ReferrerSource[] | undefined;
  /** Default `auto`. */
  readonly distributionSpec?: DistributionSpec | undefined;
  /** Selects rows; default every row. It is applied here whatever the registry claims to have applied. */
  readonly filter?: ReferrerFilter | undefined;
  /** Levels of referrers, default 1; Infinity follows them to the end. */
  readonly depth?: number | undefined;
  /** Prove rows from bytes, default true. */
  readonly verify?: boolean | undefined;
  /** Rows that are proved, the first so many in the order of the tree; default 200. */
  readonly verifyLimit?: number | undefined;
  /** Believe `OCI-Referrers: absent` where a registry sends it, default true. A gate says false. */
  readonly trustHints?: boolean | undefined;
  readonly capabilities?: CapabilityMemory | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

const DEFAULT_VERIFY_LIMIT = 200;
/** Enough for any honest chain of referrers; a longer one is a registry that invents digests. */
const MAX_DEPTH = 32;

/**
 * Lists the referrers of an image: of the index and of each platform, from every source, each digest once. Rows are
 * proved from bytes. Throws when the image itself cannot be read; a source that cannot be read makes the tree
 * incomplete and is named in `unread`.
 */
export async function listReferrers(request: ListReferrersRequest): Promise<ReferrersTree> {
  const warnings: Warning[] = [];
  const settings = settingsOf(request, warnings);
  const asksMany = settings.sources.has('cosign-tags') || (settings.useTagSchema && request.platforms !== 'none');
  if (asksMany) settings.inventory.start();
  const image = await fetchImage(request.store, request.target, { signal: request.signal });
  const chosen = await choosePlatforms(image.manifest, request);
  const hints = settings.verify && settings.trustHints && image.referrersHint !== undefined;
  const presence = settings.verify ? checkPresence(chosen.platforms, settings) : undefined;
  presence?.catch(() => undefined); // awaited below; a walk that fails first must not leave it unheard
  if (hints) await presence; // a registry that sends hints saves more lists than the extra round costs
  const subjects = subjectsOf(image, chosen, hints ? await presence : undefined);
  const walk = await walkReferrers(subjects, settings, {
    depth: Math.min(request.depth ?? 1, MAX_DEPTH),
    verifyLimit: request.verifyLimit ?? DEFAULT_VERIFY_LIMIT,
  });
  const missing = new Set(
    [...((await presence) ?? [])].flatMap(([digest, found]) => (found === 'missing' ? [digest] : [])),
  );
  if (settings.requireApi) refuseWithoutApi(settings);
  return {
    repository: request.store.name,
    requested: request.requested ?? nameOf(request),
    root: buildRoot(image.manifest, chosen, walk.bySubject, missing),
    capability: settings.capabilities.get(request.store.name)?.capability ?? 'unknown',
    complete: walk.unread.length === 0,
    unread: walk.unread,
    warnings,
  };
}

function settingsOf(request: ListReferrersRequest, warnings: Warning[]): ListSettings {
  const sources = new Set(request.sources ?? REFERRER_SOURCES);
  const spec = request.distributionSpec ?? 'auto';
  const filter = request.filter ?? MATCH_ALL;
  const depth = request.depth ?? 1;
  return {
    store: request.store,
    sources,
    useApi: sources.has('api') && spec !== 'v1.1-referrers-tag',
    useTagSchema: sources.has('tag-schema') && spec !== 'v1.1-referrers-api',
    requireApi: sources.has('api') && spec === 'v1.1-referrers-api',
    filter,
    serverType: depth > 1 ? undefined : serverSideType(filter),
    verify: request.verify ?? true,
    trustHints: request.trustHints ?? true,
    capabilities: request.capabilities ?? createCapabilityMemory(),
    inventory: new TagInventory(request.store, { maxPages: depth > 1 ? 8 : 2, signal: request.signal }),
    signal: request.signal,
    warn: (warning) => {
      warnings.push(warning);
      request.onWarning?.(warning);
    },
  };
}

interface ChosenPlatforms {
  readonly includeIndex: boolean;
  readonly platforms: readonly PlatformSubject[];
}

async function choosePlatforms(manifest: Manifest, request: ListReferrersRequest): Promise<ChosenPlatforms> {
  const wanted = request.platforms ?? 'all';
  const named = typeof wanted !== 'string';
  const includeIndex = request.includeIndex ?? !named;
  if (manifest.kind === 'index') {
    if (wanted === 'none') return { includeIndex: true, platforms: [] };
    return { includeIndex, platforms: selectPlatforms(platformsOf(manifest), wanted, nameOf(request)) };
  }
  // an image with one manifest is its own platform
  if (named)
    selectPlatforms(
      [await singlePlatform(request.store, manifest, { signal: request.signal })],
      wanted,
      nameOf(request),
    );
  return { includeIndex: true, platforms: [] };
}

type Presence = ReadonlyMap<string, FetchedManifest | 'missing' | 'unread'>;

/** A sparse index may name platforms that the registry lacks (distribution-spec 1.1 "Pushing Manifests"): look. */
async function checkPresence(platforms: readonly PlatformSubject[], settings: ListSettings): Promise<Presence> {
  const { store, signal, warn } = settings;
  const found = platforms.map(
    async ({ descriptor: { digest } }): Promise<[string, FetchedManifest | 'missing' | 'unread']> => {
      try {
        const fetched = await store.findManifest(digest, { purpose: 'proof', signal });
        if (fetched !== undefined) return [digest, fetched];
        warn({
          code: 'platform-missing',
          message: `the index names ${digest}, which ${store.name} does not hold (a sparse index)`,
          subject: digest,
        });
        return [digest, 'missing'];
      } catch (thrown) {
        if (signal?.aborted === true || !(thrown instanceof CodedError)) throw thrown;
        warn({
          code: 'platform-unread',
          message: `platform ${digest} could not be read: ${thrown.message}`,
          subject: digest,
        });
        return [digest, 'unread'];
      }
    },
  );
  return new Map(await Promise.all(found));
}

function subjectsOf(image: FetchedManifest, chosen: ChosenPlatforms, presence: Presence | undefined): CollectSubject[] {
  const siblings = image.manifest.kind === 'index' ? image.manifest.manifests : undefined;
  const root: CollectSubject = { digest: image.manifest.digest, hint: image.referrersHint };
  const platforms = chosen.platforms.map(({ descriptor }): CollectSubject => {
    const found = presence?.get(descriptor.digest);
    return { digest: descriptor.digest, siblings, hint: typeof found === 'object' ? found.referrersHint : undefined };
  });
  return chosen.includeIndex ? [root, ...platforms] : platforms;
}

function refuseWithoutApi(settings: ListSettings): void {
  const known = settings.capabilities.get(settings.store.name);
  if (known?.capability !== 'tag-schema') return;
  throw new CodedError('referrers-api-required', `${settings.store.name} has no referrers API (${known.reason})`, {
    hint: '`distribution-spec: v1.1-referrers-api` forbids the fallback tag. Use `auto` to allow it.',
  });
}

function buildRoot(
  manifest: Manifest,
  chosen: ChosenPlatforms,
  bySubject: ReadonlyMap<string, WalkedSubject>,
  missing: ReadonlySet<string>,
): SubjectNode {
  const node = (
    descriptor: Descriptor,
    platform: Platform | undefined,
    children: readonly SubjectNode[],
  ): SubjectNode => ({
    descriptor,
    ...(platform !== undefined && { platform }),
    missing: missing.has(descriptor.digest),
    referrers: bySubject.get(descriptor.digest)?.referrers ?? [],
    children,
  });
  const children = chosen.platforms.map((child) => node(child.descriptor, child.platform, []));
  return node(plainDescriptorOf(manifest), undefined, children);
}

function nameOf(request: ListReferrersRequest): string {
  const { store, target } = request;
  return request.requested ?? (typeof target === 'string' ? `${store.name}@${target}` : `${store.name}:${target.tag}`);
}
