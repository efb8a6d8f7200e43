import type { Platform } from '../../oci/descriptor.ts';
import { type Digest, encodedOf } from '../../oci/digest.ts';
import { formatPlatform, matchesPlatform } from '../../oci/platform.ts';
import type { ImageScope, ScopedPlatform } from '../evidence-item.ts';
import type { Policy, Rule } from '../policy.ts';
import type { Column } from '../verdict.ts';

/** A column of the matrix, with what decides whether a rule is asked of it. */
export interface ScopedColumn extends Column {
  /** `top`: the index, or the image without one. `absent`: a platform that a rule wants and the image does not have. */
  readonly kind: 'top' | 'platform' | 'absent';
  readonly platform: Platform | undefined;
  /** Why its presence is not known. */
  readonly reason?: string | undefined;
  readonly within?: readonly Digest[] | undefined;
}

/** The index or image first, its platforms in the order of the index, then platforms that are only asked for. */
export function buildColumns(policy: Policy, image: ImageScope): ScopedColumn[] {
  const { digest, kind, platform } = image;
  return [
    { kind: 'top', name: kind === 'index' ? 'index' : 'image', digest, presence: 'present', platform },
    ...image.platforms.map((one, at) => platformColumn(one, at, image.platforms)),
    ...absentPlatforms(policy, image).map(
      (absent): ScopedColumn => ({
        kind: 'absent',
        name: formatPlatform(absent),
        digest,
        presence: 'absent',
        platform: absent,
      }),
    ),
  ];
}

function platformColumn(one: ScopedPlatform, at: number, all: readonly ScopedPlatform[]): ScopedColumn {
  const { platform, digest, presence, reason, within } = one;
  const name = uniqueName(one, at, all);
  return { kind: 'platform', name, digest, presence, platform, reason, within };
}

/** Of two children of one platform (versions of Windows) the digest's start is added, as long as it takes. */
function uniqueName(one: ScopedPlatform, at: number, all: readonly ScopedPlatform[]): string {
  const base = baseName(one);
  const others = all.filter((other, position) => position !== at && baseName(other) === base);
  if (one.platform !== undefined && others.length === 0) return base;
  const encoded = encodedOf(one.digest);
  const length = [12, 24].find((n) =>
    others.every((other) => !encodedOf(other.digest).startsWith(encoded.slice(0, n))),
  );
  return `${base} ${encoded.slice(0, length)}`;
}

function baseName({ platform, isUnreadIndex }: ScopedPlatform): string {
  if (isUnreadIndex === true) return 'nested index';
  return platform === undefined ? 'no platform' : formatPlatform(platform);
}

/**
 * Every platform that a rule chooses and the image is known not to have. Of a manifest nobody may have looked; an index
 * that was not read may have it.
 */
function absentPlatforms(policy: Policy, image: ImageScope): Platform[] {
  if (image.kind === 'manifest' && image.platform === undefined) return [];
  if (image.platforms.some(({ isUnreadIndex }) => isUnreadIndex === true)) return [];
  const there = image.kind === 'manifest' ? [image.platform] : image.platforms.map(({ platform }) => platform);
  const wanted = policy.rules.flatMap((rule) =>
    rule.on === 'index' || rule.platforms === 'all' ? [] : rule.platforms,
  );
  const absent = wanted.filter((one) => !there.some((actual) => actual !== undefined && matchesPlatform(one, actual)));
  return [...new Map(absent.map((one) => [formatPlatform(one), one])).values()];
}

/**
 * Whether a rule chooses a column's platform. An index that was not read, of which nobody knows the platforms, is chosen
 * by every name; so is an entry without a platform, since clients do run it:
 * containerd by what its config says, go-containerregistry for linux/amd64 (v2.4.2 core/images/image.go; v0.21.9
 * pkg/v1/remote/index.go).
 */
export function choosesPlatform(rule: Rule, column: ScopedColumn): boolean {
  if (rule.platforms === 'all') return column.kind !== 'absent';
  const { platform } = column;
  if (platform === undefined) return column.kind === 'platform';
  if (column.kind === 'absent') return rule.platforms.some((one) => formatPlatform(one) === formatPlatform(platform));
  return rule.platforms.some((one) => matchesPlatform(one, platform));
}
