import { CodedError } from '../errors/coded-error.ts';
import { buildReferrersTag } from '../oci/referrers-tag.ts';
import type { Candidate } from './candidate.ts';
import type { CollectSubject } from './collect-candidates.ts';
import { hintSaysNone } from './hint-says-none.ts';
import type { ListSettings } from './list-settings.ts';
import { listedCandidates } from './listed-candidates.ts';
import { readFallbackIndex } from './read-fallback-index.ts';
import type { UnreadSource } from './types.ts';

/**
 * The list at the referrers tag (distribution-spec 1.1 "Referrers Tag Schema"). Throws where the tag holds something else;
 * entries that name no manifest go to `unread`.
 */
export async function lookAtReferrersTag(
  subject: CollectSubject,
  settings: ListSettings,
  unread: UnreadSource[],
): Promise<readonly Candidate[]> {
  const { store, signal, inventory } = settings;
  if (hintSaysNone(subject.hint, settings)) return [];
  const tag = buildReferrersTag(subject.digest);
  if ((await tagWord(subject, tag, settings)) === 'absent') return [];
  const fallback = await readFallbackIndex(store, subject.digest, { signal });
  switch (fallback.state) {
    case 'absent':
    case 'alias':
      return [];
    case 'foreign':
      inventory.found(tag);
      throw new CodedError(
        'fallback-index-invalid',
        `${store.name}:${tag} is ${fallback.found}, not a list of referrers`,
        {
          hint: 'Something else was pushed under the tag that the distribution-spec reserves for the list of referrers.',
        },
      );
    case 'list': {
      inventory.found(tag);
      const { manifests: descriptors, suspects } = fallback.index;
      return listedCandidates('tag-schema', subject.digest, { descriptors, suspects }, settings, unread);
    }
  }
}

/** A tag list may lag behind what an earlier step of the job wrote: the image and its platforms are asked for themselves. */
async function tagWord(
  subject: CollectSubject,
  tag: string,
  { verify, inventory }: ListSettings,
): Promise<'exists' | 'absent' | 'ask'> {
  if (verify && subject.level === 1) return 'ask';
  return inventory.word(tag, subject.isSample === true);
}
