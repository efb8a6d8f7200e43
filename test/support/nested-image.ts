import type { Descriptor, Platform } from '../../src/oci/descriptor.ts';
import { OCI_INDEX } from '../../src/oci/media-types.ts';
import { pushSampleImage, pushSampleManifest, type SampleTarget } from './sample-image.ts';

export const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
export const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
export const S390X: Platform = { os: 'linux', architecture: 's390x' };

/** An index of amd64 and of an index, which holds arm64 and s390x. Descriptors as the indexes have them. */
export interface NestedImage {
  readonly index: Descriptor;
  readonly amd64: Descriptor;
  readonly nested: Descriptor;
  readonly arm64: Descriptor;
  readonly s390x: Descriptor;
}

export interface NestedOptions {
  readonly tag?: string;
  /** On the entry of the nested index; default none. */
  readonly hint?: Platform;
  /** Further entries of the nested index. */
  readonly more?: (image: Pick<NestedImage, 'arm64' | 's390x'>) => readonly unknown[];
  /** False: nobody pushes it, so that the image's index is sparse. */
  readonly isHeld?: boolean;
}

export async function pushNestedImage(target: SampleTarget, options: NestedOptions = {}): Promise<NestedImage> {
  const { tag = 'v1', hint, more, isHeld = true } = options;
  const push = async (platform: Platform): Promise<Descriptor> => ({
    ...(await pushSampleImage(target, { platform })).descriptor,
    platform,
  });
  const [amd64, arm64, s390x] = await Promise.all([push(AMD64), push(ARM64), push(S390X)]);
  const inner = [arm64, s390x, ...(more?.({ arm64, s390x }) ?? [])];
  const elsewhere = { ...target, repository: `${target.repository}/elsewhere` };
  const pushed = await pushIndex(isHeld ? target : elsewhere, inner);
  const nested = { ...pushed, ...(hint !== undefined && { platform: hint }) };
  return { index: await pushIndex(target, [amd64, nested], tag), amd64, nested, arm64, s390x };
}

/** An index of these entries, by digest unless there is a tag. */
export async function pushIndex(
  target: SampleTarget,
  manifests: readonly unknown[],
  tag?: string,
): Promise<Descriptor> {
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
  return (await pushSampleManifest(target, index, tag === undefined ? {} : { tag })).descriptor;
}
