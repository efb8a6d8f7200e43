import { CodedError } from '../errors/coded-error.ts';
import type { Platform } from '../oci/descriptor.ts';
import type { Manifest } from '../oci/manifest.ts';
import { matchesPlatform } from '../oci/platform.ts';
import type { ImageScope, ScopedPlatform } from '../policy/evidence-item.ts';
import type { EvidencePlan } from '../policy/plan-evidence.ts';
import type { Presence } from '../referrers/check-presence.ts';
import { type PlatformSubject, platformsOf } from '../referrers/resolve-subject.ts';

/** The children of an index that any rule asks about: of a manifest none. */
export function chosenPlatforms(manifest: Manifest, { platforms }: EvidencePlan): readonly PlatformSubject[] {
  if (manifest.kind !== 'index' || platforms === 'none') return [];
  const all = platformsOf(manifest);
  if (platforms === 'all') return all;
  return all.filter(
    ({ platform }) => platform !== undefined && platforms.some((wanted) => matchesPlatform(wanted, platform)),
  );
}

export interface ScopeParts {
  readonly requested: string;
  readonly repository: string;
  readonly manifest: Manifest;
  readonly platform: Platform | undefined;
  readonly platforms: readonly PlatformSubject[];
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

function describePlatform({ platform, descriptor: { digest } }: PlatformSubject, presence: Presence): ScopedPlatform {
  const found = presence.get(digest);
  if (found === 'missing') return { platform, digest, presence: 'missing' };
  if (found instanceof CodedError) return { platform, digest, presence: 'unread', reason: found.message };
  if (found === undefined) return { platform, digest, presence: 'unread', reason: 'nobody looked' };
  return { platform, digest, presence: 'present' };
}
