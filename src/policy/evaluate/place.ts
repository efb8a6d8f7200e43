import type { Digest } from '../../oci/digest.ts';
import { formatPlatform, matchesPlatform } from '../../oci/platform.ts';
import type { ImageScope } from '../evidence-item.ts';
import type { Rule } from '../policy.ts';
import type { CellState } from '../verdict.ts';
import { choosesPlatform, type ScopedColumn } from './columns.ts';

export type MissingPlatforms = 'unknown' | 'skip';

/** Whether a rule is asked of a column: of evidence on these subjects; or what its cell is without any evidence. */
export type Place =
  | { readonly kind: 'asked'; readonly subjects: readonly Digest[] }
  | { readonly kind: 'settled'; readonly state: CellState; readonly reason: string };

/** Where a rule asks for evidence: `on`, `platforms`, and what is known of the platform. */
export function placeOf(
  rule: Rule,
  column: ScopedColumn,
  image: ImageScope,
  missingPlatforms: MissingPlatforms,
): Place {
  if (column.kind === 'top') return image.kind === 'index' ? indexPlace(rule, column, image) : imagePlace(rule, column);
  if (rule.on === 'index') return settled('not-applicable', 'the rule is about the index');
  if (!choosesPlatform(rule, column)) return settled('not-applicable', 'the rule does not choose this platform');
  return platformPlace(rule, column, image, missingPlatforms);
}

/** An image without an index is its own only platform, and its own top, whatever `on` says. */
function imagePlace(rule: Rule, column: ScopedColumn): Place {
  const isOther = rule.on !== 'index' && column.platform !== undefined && !choosesPlatform(rule, column);
  if (isOther) return settled('not-applicable', 'the rule does not choose the platform of this image');
  return { kind: 'asked', subjects: [column.digest] };
}

/** An index without anything to run meets no rule about platforms: what is asked of nothing would be met by nothing. */
function indexPlace(rule: Rule, { digest }: ScopedColumn, { platforms }: ImageScope): Place {
  if (rule.on === 'index') return { kind: 'asked', subjects: [digest] };
  if (platforms.length === 0) {
    const what = rule.platforms === 'all' ? 'nothing to run' : 'no platform that the rule chooses';
    return settled('fail', `the index names ${what}, and the rule is about platforms`);
  }
  const either = rule.on === 'either' ? '; evidence on the index counts for each' : '';
  return settled('not-applicable', `the rule is about the platforms${either}`);
}

function platformPlace(
  rule: Rule,
  { kind, name, digest, presence, reason, within = [] }: ScopedColumn,
  image: ImageScope,
  missingPlatforms: MissingPlatforms,
): Place {
  if (kind === 'absent') return settled('fail', `the image has no platform ${name}`);
  if (presence === 'missing') {
    const words = `the index names ${digest}, which the registry does not hold`;
    if (missingPlatforms !== 'skip') return settled('unknown', words);
    const unshown = unshownPlatforms(rule, digest, image);
    if (unshown.length === 0) return settled('skipped', `${words}: left out`);
    return settled('unknown', `${words}, and nothing else shows ${unshown.join(', ')}, which the rule asks for`);
  }
  if (presence !== 'present') {
    return settled('unknown', `the manifest ${digest} could not be read${reason === undefined ? '' : `: ${reason}`}`);
  }
  return { kind: 'asked', subjects: rule.on === 'each-platform' ? [digest] : [digest, ...within, image.digest] };
}

/**
 * Of an index that was not read: the platforms that the rule names and no entry that could be read is for. What may be
 * in there was asked for by name, so that leaving the index out leaves it unanswered.
 */
function unshownPlatforms({ platforms }: Rule, digest: Digest, image: ImageScope): string[] {
  const isUnread = image.platforms.some((one) => one.digest === digest && one.isUnreadIndex === true);
  if (platforms === 'all' || !isUnread) return [];
  const shown = image.platforms.flatMap(({ platform }) => platform ?? []);
  return platforms.filter((one) => !shown.some((actual) => matchesPlatform(one, actual))).map(formatPlatform);
}

function settled(state: CellState, reason: string): Place {
  return { kind: 'settled', state, reason };
}
