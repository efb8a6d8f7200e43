import { CodedError } from '../../errors/coded-error.ts';
import type { Platform } from '../../oci/descriptor.ts';
import { parsePlatform } from '../../oci/platform.ts';
import type { ListReferrersRequest } from '../../referrers/list-referrers.ts';

/**
 * The lines of `platforms` -> what of an image is looked at: `all` (also without any line) is the index and each
 * platform, `index` the index itself, else the platforms named. Throws `platform-invalid` or `input-conflict`.
 */
export function parsePlatformChoice(
  lines: readonly string[],
): Required<Pick<ListReferrersRequest, 'includeIndex' | 'platforms'>> {
  const words = new Set(lines);
  if (words.size === 0) return { includeIndex: true, platforms: 'all' };
  if (words.has('all')) {
    if (words.size === 1) return { includeIndex: true, platforms: 'all' };
    throw new CodedError('input-conflict', `platforms: all is given together with ${[...words].join(', ')}`, {
      hint: 'Give all alone, or name the platforms.',
    });
  }
  const includeIndex = words.delete('index');
  const platforms: Platform[] = [...words].map(parsePlatform);
  return { includeIndex, platforms: platforms.length === 0 ? 'none' : platforms };
}
