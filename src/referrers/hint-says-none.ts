import type { ReferrersHint } from '../store/store.ts';
import { matchesTypes } from './filter.ts';
import type { ListSettings } from './list-settings.ts';

/**
 * Whether the registry itself said, with the answer that brought the subject, that there is nothing, or nothing that
 * could match (the headers proposed in distribution-spec issue 454). An economy for this moment only.
 */
export function hintSaysNone(
  hint: ReferrersHint | undefined,
  { trustHints, filter, depth }: Pick<ListSettings, 'trustHints' | 'filter' | 'depth'>,
): boolean {
  if (hint === undefined || !trustHints) return false;
  if (hint.present === false) return true;
  // what does not match may lead to what does, unless nothing below is asked for
  if (hint.artifactTypes === undefined || filter.artifactTypes.length === 0 || depth > 1) return false;
  return !hint.artifactTypes.some((type) => matchesTypes(type, filter.artifactTypes));
}
