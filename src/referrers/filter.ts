import type { Descriptor } from '../oci/descriptor.ts';
import { isGlob, matchesGlob } from '../oci/glob.ts';

/** Which referrers are asked for. Types are alternatives; annotations must all hold. Empty matches everything. */
export interface ReferrerFilter {
  /** Exact artifact types, or globs with `*` and `?`. Compared bytewise. */
  readonly artifactTypes: readonly string[];
  /** A key that must be there, with this value if one is given. */
  readonly annotations: readonly { readonly key: string; readonly value?: string }[];
}

export const MATCH_ALL: ReferrerFilter = { artifactTypes: [], annotations: [] };

/** Whether a descriptor, its type and annotations taken from the manifest, is asked for. One without a type matches no type. */
export function matchesFilter(descriptor: Descriptor, filter: ReferrerFilter): boolean {
  return matchesTypes(descriptor.artifactType, filter.artifactTypes) && matchesAnnotations(descriptor, filter);
}

export function matchesTypes(artifactType: string | undefined, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  if (artifactType === undefined) return false;
  return wanted.some((pattern) => (isGlob(pattern) ? matchesGlob(artifactType, pattern) : artifactType === pattern));
}

function matchesAnnotations(descriptor: Descriptor, filter: ReferrerFilter): boolean {
  const annotations = descriptor.annotations ?? {};
  return filter.annotations.every(
    ({ key, value }) => Object.hasOwn(annotations, key) && (value === undefined || annotations[key] === value),
  );
}

/** The type to send as `?artifactType=`: only where one exact type is asked for. */
export function serverSideType(filter: ReferrerFilter): string | undefined {
  const [only, ...more] = filter.artifactTypes;
  return only !== undefined && more.length === 0 && !isGlob(only) ? only : undefined;
}

export function isMatchAll(filter: ReferrerFilter): boolean {
  return filter.artifactTypes.length === 0 && filter.annotations.length === 0;
}
