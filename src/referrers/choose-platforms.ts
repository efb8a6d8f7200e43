import { CodedError } from '../errors/coded-error.ts';
import type { Manifest } from '../oci/manifest.ts';
import type { Presence, PresenceSettings } from './check-presence.ts';
import { type ListReferrersRequest, nameOfRequest } from './list-request.ts';
import { leafNodes, type PlatformNode } from './platform-nodes.ts';
import { selectPlatforms, singlePlatform } from './resolve-subject.ts';
import { walkPlatforms } from './walk-platforms.ts';

/** What of an image is looked at. */
export interface ChosenPlatforms {
  readonly includeIndex: boolean;
  /** All of them as a tree, or those that are named, flat. */
  readonly platforms: readonly PlatformNode[];
  /** What is known already of some of them. */
  readonly presence: Presence;
}

/**
 * Throws `platform-not-found`, which names those that are there. An image with one manifest is its own platform. An index
 * inside the image's own that could not be read is always among what is chosen: it may hold any platform.
 */
export async function choosePlatforms(
  manifest: Manifest,
  request: Pick<ListReferrersRequest, 'includeIndex' | 'platforms' | 'requested' | 'store' | 'target'>,
  settings: PresenceSettings,
): Promise<ChosenPlatforms> {
  const wanted = request.platforms ?? 'all';
  const name = nameOfRequest(request);
  if (manifest.kind !== 'index') {
    if (typeof wanted !== 'string')
      selectPlatforms([await singlePlatform(request.store, manifest, settings)], wanted, name);
    return { includeIndex: true, platforms: [], presence: new Map() };
  }
  if (wanted === 'none') return { includeIndex: true, platforms: [], presence: new Map() };
  const { nodes, presence } = await walkPlatforms(manifest, settings);
  if (wanted === 'all') return { includeIndex: request.includeIndex ?? true, platforms: nodes, presence };
  const leaves = leafNodes(nodes);
  const unread = leaves.filter(({ descriptor }) => presence.get(descriptor.digest) instanceof CodedError);
  const known = leaves.filter((node) => !unread.includes(node));
  const chosen = selectPlatforms(known, wanted, name, unread.length === 0);
  return { includeIndex: request.includeIndex ?? false, platforms: [...chosen, ...unread], presence };
}
