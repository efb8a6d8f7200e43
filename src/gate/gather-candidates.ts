import type { Descriptor } from '../oci/descriptor.ts';
import { isTag } from '../oci/reference.ts';
import { buildCosignTag, buildReferrersTag, COSIGN_TAG_SUFFIXES, type CosignTagSuffix } from '../oci/referrers-tag.ts';
import type { EvidenceGap } from '../policy/evidence-item.ts';
import { type Candidate, mergeCandidates } from '../referrers/candidate.ts';
import { type CollectSubject, guard } from '../referrers/collect-candidates.ts';
import type { ListSettings } from '../referrers/list-settings.ts';
import { lookAtApi, NOTHING } from '../referrers/source-api.ts';
import { lookAtCosignTag } from '../referrers/source-cosign-tags.ts';
import { lookInIndex } from '../referrers/source-in-index.ts';
import { lookAtReferrersTag } from '../referrers/source-referrers-tag.ts';
import type { UnreadSource } from '../referrers/types.ts';

/** A manifest whose referrers are asked for. */
export interface EvidenceSubject extends CollectSubject {
  /** Exactly {mediaType, digest, size}. */
  readonly descriptor: Descriptor;
}

/** What some source lists for a subject. */
export interface FoundCandidate {
  readonly subject: Descriptor;
  readonly candidate: Candidate;
}

/** A tag made from a subject's digest that nobody has asked for yet. */
export interface DeferredTag {
  readonly subject: EvidenceSubject;
  readonly kind: 'referrers' | CosignTagSuffix;
}

export interface Gathered {
  readonly found: readonly FoundCandidate[];
  readonly gaps: readonly EvidenceGap[];
  /** The registry's list of tags does not show them: that is worth a try later, it is no proof that they do not exist. */
  readonly deferred: readonly DeferredTag[];
}

/** Pages of tags/list that are worth reading to save questions. */
const MAX_TAG_PAGES = 8;

/**
 * Asks, for all subjects at once, the referrers API, the index itself, and of the tags made from digests those that one
 * tags/list shows; the referrers tag in any case where there is no API. The silence of a tag list opens no gate and
 * shuts none: what it does not show is `deferred`, and has to be asked for before anybody says that something is missing.
 */
export async function gatherCandidates(
  subjects: readonly EvidenceSubject[],
  settings: ListSettings,
): Promise<Gathered> {
  // a list of tags that no subject waits for would fail unheard
  if (subjects.length === 0) return { found: [], gaps: [], deferred: [] };
  const wantsTags = settings.useTagSchema || settings.sources.has('cosign-tags');
  const shown = wantsTags ? readShownTags(settings) : Promise.resolve(new Set<string>());
  return join(await Promise.all(subjects.map((subject) => gatherOne(subject, settings, shown))));
}

/** Asks for tags that were deferred. */
export async function gatherDeferred(deferred: readonly DeferredTag[], settings: ListSettings): Promise<Gathered> {
  return join(
    await Promise.all(
      deferred.map(async (tag) => {
        const unread: UnreadSource[] = [];
        const candidates = await lookAtTag(tag, settings, unread);
        return gathered(tag.subject, candidates, unread, []);
      }),
    ),
  );
}

async function gatherOne(
  subject: EvidenceSubject,
  settings: ListSettings,
  shown: Promise<ReadonlySet<string>>,
): Promise<Gathered> {
  const unread: UnreadSource[] = [];
  const look = guard(subject.digest, unread, settings);
  const fromApi = settings.useApi
    ? look('api', () => lookAtApi(subject, settings, undefined, unread), NOTHING)
    : NOTHING;
  const fromIndex = settings.sources.has('in-index') ? lookInIndex(subject) : [];
  const [{ candidates }, tags] = await Promise.all([fromApi, shown]);
  const hasNoApi = !settings.useApi || settings.capability.capability === 'tag-schema';
  const [due, deferred] = divide(tagsOf(subject, settings), (tag) =>
    tag.kind === 'referrers' && hasNoApi ? true : tags.has(nameOf(tag)),
  );
  const fromTags = await Promise.all(due.map((tag) => lookAtTag(tag, settings, unread)));
  return gathered(subject, mergeCandidates([candidates, fromIndex, ...fromTags]), unread, deferred);
}

/** Which tags the registry says that it has; none where the list cannot be had, or is too long: they are asked for then. */
async function readShownTags({ store, signal }: ListSettings): Promise<ReadonlySet<string>> {
  try {
    return (await store.listTags({ maxPages: MAX_TAG_PAGES, signal })).tags;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return new Set(); // no economy, then; what is wrong will be said by the question that matters
  }
}

function tagsOf(subject: EvidenceSubject, settings: ListSettings): DeferredTag[] {
  const kinds = [
    ...(settings.useTagSchema ? ['referrers' as const] : []),
    ...(settings.sources.has('cosign-tags') ? COSIGN_TAG_SUFFIXES : []),
  ];
  // of a sha512 digest a name may be too long to be a tag, so that nobody can have written it
  return kinds.map((kind) => ({ subject, kind })).filter((tag) => isTag(nameOf(tag)));
}

function nameOf({ subject, kind }: DeferredTag): string {
  return kind === 'referrers' ? buildReferrersTag(subject.digest) : buildCosignTag(subject.digest, kind);
}

function lookAtTag(
  { subject, kind }: DeferredTag,
  settings: ListSettings,
  unread: UnreadSource[],
): Promise<readonly Candidate[]> {
  const look = guard(subject.digest, unread, settings);
  return kind === 'referrers'
    ? look('tag-schema', () => lookAtReferrersTag(subject, settings, unread), [])
    : look('cosign-tags', () => lookAtCosignTag(subject, kind, settings), []);
}

function gathered(
  { descriptor: subject }: EvidenceSubject,
  candidates: readonly Candidate[],
  gaps: readonly EvidenceGap[],
  deferred: readonly DeferredTag[],
): Gathered {
  return { found: candidates.map((candidate) => ({ subject, candidate })), gaps, deferred };
}

function join(parts: readonly Gathered[]): Gathered {
  return {
    found: parts.flatMap(({ found }) => found),
    gaps: parts.flatMap(({ gaps }) => gaps),
    deferred: parts.flatMap(({ deferred }) => deferred),
  };
}

function divide<T>(items: readonly T[], belongs: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
