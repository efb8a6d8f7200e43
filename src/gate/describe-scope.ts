import { CodedError } from '../errors/coded-error.ts';
import type { Platform } from '../oci/descriptor.ts';
import type { Manifest } from '../oci/manifest.ts';
import { matchesPlatform } from '../oci/platform.ts';
import type { ImageScope, ScopedPlatform } from '../policy/evidence-item.ts';
import type { EvidencePlan } from '../policy/plan-evidence.ts';
import type { Presence } from '../referrers/check-presence.ts';
import { leafNodes, type PlatformNode } from '../referrers/platform-nodes.ts';

/** What any rule asks about; an index that could not be read may hold what one does, and no platform may be any. */
export function chosenPlatforms(
  nodes: readonly PlatformNode[],
  { platforms }: Pick<EvidencePlan, 'platforms'>,
): readonly PlatformNode[] {
  if (platforms === 'none') return [];
  const all = leafNodes(nodes);
  if (platforms === 'all') return all;
  return all.filter(
    ({ platform, kind }) =>
      kind === 'unread-index' ||
      platform === undefined ||
      platforms.some((wanted) => matchesPlatform(wanted, platform)),
  );
}

export interface ScopeParts {
  readonly requested: string;
  readonly repository: string;
  readonly manifest: Manifest;
  readonly platform: Platform | undefined;
  readonly platforms: readonly PlatformNode[];
  readonly presence: Presence;
}

export function describeScope({ manifest, platforms, presence, platform, ...names }: ScopeParts): ImageScope {
  return {
    ...names,
    digest: manifest.digest,
    kind: manifest.kind === 'index' ? 'index' : 'manifest',
    ...(platform !== undefined && { platform }),
    platforms: platforms.map((child) => describePlatform(child, presence)),
  };
}

function describePlatform(
  { platform, kind, within, descriptor: { digest } }: PlatformNode,
  presence: Presence,
): ScopedPlatform {
  const found = presence.get(digest);
  const isUnreadIndex = kind === 'unread-index';
  const place = {
    platform: isUnreadIndex ? undefined : platform, // that of its entry is a hint
    digest,
    ...(within.length > 0 && { within }),
    ...(isUnreadIndex && { isUnreadIndex }),
  };
  if (found === 'missing') return { ...place, presence: 'missing' };
  if (found instanceof CodedError) return { ...place, presence: 'unread', reason: found.message };
  if (found === undefined) return { ...place, presence: 'unread', reason: 'nobody looked' };
  return { ...place, presence: 'present' };
}
