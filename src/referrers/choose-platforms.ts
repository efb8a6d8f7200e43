import type { Manifest } from '../oci/manifest.ts';
import { type ListReferrersRequest, nameOfRequest } from './list-request.ts';
import { type PlatformSubject, platformsOf, selectPlatforms, singlePlatform } from './resolve-subject.ts';

/** What of an image is looked at. */
export interface ChosenPlatforms {
  readonly includeIndex: boolean;
  readonly platforms: readonly PlatformSubject[];
}

/** Throws `platform-not-found`, which names those that are there. An image with one manifest is its own platform. */
export async function choosePlatforms(
  manifest: Manifest,
  request: ListReferrersRequest,
  signal: AbortSignal,
): Promise<ChosenPlatforms> {
  const wanted = request.platforms ?? 'all';
  const named = typeof wanted !== 'string';
  const name = nameOfRequest(request);
  if (manifest.kind === 'index') {
    if (wanted === 'none') return { includeIndex: true, platforms: [] };
    const platforms = selectPlatforms(platformsOf(manifest), wanted, name);
    return { includeIndex: request.includeIndex ?? !named, platforms };
  }
  if (named) selectPlatforms([await singlePlatform(request.store, manifest, { signal })], wanted, name);
  return { includeIndex: true, platforms: [] };
}
