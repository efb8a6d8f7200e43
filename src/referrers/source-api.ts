import { CodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Candidate } from './candidate.ts';
import type { CollectSubject } from './collect-candidates.ts';
import { hintSaysNone } from './hint-says-none.ts';
import type { ListSettings } from './list-settings.ts';
import { listedCandidates } from './listed-candidates.ts';
import type { UnreadSource } from './types.ts';

export interface ApiCandidates {
  readonly candidates: readonly Candidate[];
  /** One type was asked for, and no other is among the answer: there may be more. */
  readonly ofOneType: boolean;
}

export const NOTHING: ApiCandidates = { candidates: [], ofOneType: false };

/**
 * The referrers API (distribution-spec 1.1 "Listing Referrers"), with `artifactType` as a hint. Where there is
 * definitely none, the referrers tag answers in its place; where that is not to be asked, nobody has looked, and
 * `referrers-api-required` is thrown. Entries that name no manifest go to `unread`.
 */
export async function lookAtApi(
  subject: CollectSubject,
  settings: ListSettings,
  artifactType: string | undefined,
  unread: UnreadSource[],
): Promise<ApiCandidates> {
  const { store, capability, signal } = settings;
  // where nobody looks in its place, or a gate asks, an earlier run's word is none
  const known = capability.knownAbsence({ ownOnly: !settings.useTagSchema || !settings.trustHints });
  if (known !== undefined) return withoutApi(known, settings);
  if (hintSaysNone(subject.hint, settings)) return NOTHING;
  const early = subject.isSample === true ? settings.early : undefined;
  const onPage = early && ((page: readonly Descriptor[]): void => early.begin(page));
  const answer = await store.listReferrers(subject.digest, { artifactType, signal, onPage });
  capability.learn(answer);
  if (!answer.supported) return withoutApi(answer.reason, settings);
  const { descriptors, suspects = [] } = answer;
  const hasOthers = suspects.length > 0 || descriptors.some((listed) => listed.artifactType !== artifactType);
  return {
    candidates: listedCandidates('api', subject.digest, { descriptors, suspects }, settings, unread),
    ofOneType: artifactType !== undefined && !hasOthers,
  };
}

function withoutApi(reason: string, settings: ListSettings): ApiCandidates {
  if (settings.useTagSchema) return NOTHING;
  throw new CodedError('referrers-api-required', `${settings.store.name} has no referrers API (${reason})`, {
    hint: settings.requireApi
      ? '`distribution-spec: v1.1-referrers-api` forbids the fallback tag. Use `auto` to allow it.'
      : 'Only the API was asked for: add the source tag-schema.',
  });
}
