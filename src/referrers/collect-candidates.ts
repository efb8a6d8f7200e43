import { toCodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { ReferrersHint } from '../store/store.ts';
import { type Candidate, mergeCandidates } from './candidate.ts';
import type { ListSettings } from './list-settings.ts';
import { lookAtApi, NOTHING } from './source-api.ts';
import { lookAtCosignTags } from './source-cosign-tags.ts';
import { lookInIndex } from './source-in-index.ts';
import { lookAtReferrersTag } from './source-referrers-tag.ts';
import type { ReferrerSource, UnreadSource } from './types.ts';

/** A subject to look for, with what is known of it without asking. */
export interface CollectSubject {
  readonly digest: Digest;
  /** 1: the image or one of its platforms; 2: a referrer of it; and so on. */
  readonly level: number;
  /** The first subject of all: the word of a tag list is tried on it. */
  readonly isSample?: boolean | undefined;
  /** What the answer that brought the subject said of its referrers. */
  readonly hint?: ReferrersHint | undefined;
  /** The entries of the index that holds the subject: BuildKit keeps attestations there. */
  readonly siblings?: readonly Descriptor[] | undefined;
}

export interface Collected {
  readonly candidates: readonly Candidate[];
  readonly unread: readonly UnreadSource[];
  /** The API was asked for one type and answered with no other: there may be more than that. */
  readonly ofOneType: boolean;
}

/** Asks every source for one subject at once. A source that fails is named in `unread`; it hides none of the others. */
export async function collectCandidates(subject: CollectSubject, settings: ListSettings): Promise<Collected> {
  const { useApi, useTagSchema, sources, serverType } = settings;
  const unread: UnreadSource[] = [];
  const look = guard(subject.digest, unread, settings);
  const tags = Promise.all([
    useTagSchema ? look('tag-schema', () => lookAtReferrersTag(subject, settings, unread), []) : [],
    sources.has('cosign-tags') ? look('cosign-tags', () => lookAtCosignTags(subject, settings), []) : [],
  ]);
  const [fromApi, [fromReferrersTag, fromCosignTags]] = await Promise.all([
    useApi ? look('api', () => lookAtApi(subject, settings, serverType, unread), NOTHING) : NOTHING,
    subject.isSample === true ? tags.finally(() => settings.inventory.sampled(!hasUnreadTag(unread))) : tags,
  ]);
  const fromIndex = sources.has('in-index') ? lookInIndex(subject) : [];
  return {
    candidates: mergeCandidates([fromApi.candidates, fromReferrersTag, fromIndex, fromCosignTags]),
    unread,
    ofOneType: fromApi.ofOneType,
  };
}

/** The whole list of the API, where a question for one type brought nothing to show. */
export async function collectUnfiltered(subject: CollectSubject, settings: ListSettings): Promise<Collected> {
  const unread: UnreadSource[] = [];
  const look = guard(subject.digest, unread, settings);
  const { candidates } = await look('api', () => lookAtApi(subject, settings, undefined, unread), NOTHING);
  return { candidates: mergeCandidates([candidates]), unread, ofOneType: false };
}

type Look = <T>(source: ReferrerSource, ask: () => Promise<T>, nothing: T) => Promise<T>;

/** Turns the failure of a source into an entry of `unread` and a warning; what ends the whole run is thrown on. */
export function guard(subject: Digest, unread: UnreadSource[], settings: ListSettings): Look {
  return async (source, ask, nothing) => {
    try {
      return await ask();
    } catch (thrown) {
      const error = toCodedError(thrown);
      if (settings.signal.aborted || error.code === 'internal') throw thrown;
      const { code, message: reason, hint } = error;
      unread.push({ source, subject, code, reason, ...(hint !== undefined && { hint }) });
      settings.warn({
        code: 'source-unread',
        message: `${source} of ${subject} could not be read: ${error.message}`,
        subject,
      });
      return nothing;
    }
  };
}

function hasUnreadTag(unread: readonly UnreadSource[]): boolean {
  return unread.some(({ source }) => source === 'tag-schema' || source === 'cosign-tags');
}
