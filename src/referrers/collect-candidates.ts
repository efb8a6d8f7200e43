import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { SuspectEntry } from '../oci/index-entries.ts';
import { ANNOTATION_BUILDKIT_DIGEST, ANNOTATION_BUILDKIT_TYPE } from '../oci/media-types.ts';
import { buildCosignTag, buildReferrersTag, COSIGN_TAG_SUFFIXES } from '../oci/referrers-tag.ts';
import type { ReferrersHint } from '../store/store.ts';
import { type Candidate, mergeCandidates } from './candidate.ts';
import { matchesTypes } from './filter.ts';
import type { ListSettings } from './list-settings.ts';
import { readFallbackIndex } from './read-fallback-index.ts';
import type { ReferrerSource, UnreadSource } from './types.ts';

/** A subject to look for, with what is known of it without asking. */
export interface CollectSubject {
  readonly digest: Digest;
  /** What the answer that brought the subject said of its referrers. */
  readonly hint?: ReferrersHint | undefined;
  /** The entries of the index that holds the subject: BuildKit keeps attestations there. */
  readonly siblings?: readonly Descriptor[] | undefined;
}

export interface Collected {
  readonly candidates: readonly Candidate[];
  readonly unread: readonly UnreadSource[];
}

/** Asks every source for one subject at once. A source that fails is named in `unread`; it hides none of the others. */
export async function collectCandidates(subject: CollectSubject, settings: ListSettings): Promise<Collected> {
  const unread: UnreadSource[] = [];
  const guarded = async (
    source: ReferrerSource,
    look: Promise<readonly Candidate[]>,
  ): Promise<readonly Candidate[]> => {
    try {
      return await look;
    } catch (thrown) {
      const error = toCodedError(thrown);
      if (settings.signal?.aborted === true || error.code === 'internal') throw thrown;
      unread.push({ source, subject: subject.digest, code: error.code, reason: error.message });
      settings.warn({
        code: 'source-unread',
        message: `${source} of ${subject.digest} could not be read: ${error.message}`,
        subject: subject.digest,
      });
      return [];
    }
  };
  const groups = await Promise.all([
    settings.useApi ? guarded('api', fromApi(subject, settings)) : [],
    settings.useTagSchema ? guarded('tag-schema', fromReferrersTag(subject, settings)) : [],
    settings.sources.has('in-index') ? fromIndex(subject) : [],
    settings.sources.has('cosign-tags') ? guarded('cosign-tags', fromCosignTags(subject.digest, settings)) : [],
  ]);
  return { candidates: mergeCandidates(groups), unread };
}

async function fromApi(subject: CollectSubject, settings: ListSettings): Promise<readonly Candidate[]> {
  const { store, capabilities, serverType } = settings;
  if (capabilities.get(store.name)?.capability === 'tag-schema') return withoutApi(settings);
  if (hintSaysNone(subject.hint, settings)) return [];
  const base = { signal: settings.signal };
  let answer = await store.listReferrers(subject.digest, { ...base, artifactType: serverType });
  if (
    answer.supported &&
    serverType !== undefined &&
    answer.descriptors.length === 0 &&
    (answer.suspects ?? []).length === 0
  ) {
    // a filter works on the registry's word for the type, which may be wrong: "none" is said by the whole list only
    answer = await store.listReferrers(subject.digest, base);
    if (answer.supported && answer.descriptors.length > 0) warnReasked(subject.digest, serverType, settings);
  }
  if (!answer.supported) {
    capabilities.set(store.name, { capability: 'tag-schema', reason: answer.reason });
    return withoutApi(settings);
  }
  capabilities.set(store.name, { capability: 'api', reason: 'the referrers API answered with a list' });
  return toCandidates('api', answer.descriptors, answer.suspects ?? [], settings);
}

/** No API: the tag schema answers instead, unless it is not to be asked; then nobody has looked. */
function withoutApi(settings: ListSettings): readonly Candidate[] {
  if (settings.useTagSchema) return [];
  const reason = settings.capabilities.get(settings.store.name)?.reason ?? 'unknown';
  throw new CodedError('referrers-api-required', `${settings.store.name} has no referrers API (${reason})`, {
    hint: 'Only the API was asked for: allow the tag schema with `distribution-spec: auto` and the source tag-schema.',
  });
}

function warnReasked(subject: Digest, type: string, settings: ListSettings): void {
  settings.warn({
    code: 'filter-reasked',
    message: `the registry's filter for ${type} gave nothing, so the whole list of ${subject} was read and filtered here`,
    subject,
  });
}

/** An economy for this moment only: the registry itself said that there is nothing, or nothing that could match. */
function hintSaysNone(hint: ReferrersHint | undefined, settings: ListSettings): boolean {
  if (hint === undefined || !settings.trustHints) return false;
  if (hint.present === false) return true;
  // with nothing asked for below, types that cannot match need no list
  return (
    hint.artifactTypes !== undefined &&
    settings.serverType !== undefined &&
    !hint.artifactTypes.some((type) => matchesTypes(type, settings.filter.artifactTypes))
  );
}

async function fromReferrersTag(subject: CollectSubject, settings: ListSettings): Promise<readonly Candidate[]> {
  const { store } = settings;
  if (hintSaysNone(subject.hint, settings)) return [];
  const tag = buildReferrersTag(subject.digest);
  if ((await settings.inventory.word(tag)) === 'absent') return [];
  const fallback = await readFallbackIndex(store, subject.digest, { signal: settings.signal });
  switch (fallback.state) {
    case 'absent':
    case 'alias':
      return [];
    case 'foreign':
      throw new CodedError(
        'fallback-index-invalid',
        `${store.name}:${tag} is ${fallback.found}, not a list of referrers`,
        {
          hint: 'Something else was pushed under the tag that the distribution-spec reserves for the list of referrers.',
        },
      );
    case 'list':
      return toCandidates('tag-schema', fallback.index.manifests, fallback.index.suspects, settings);
  }
}

function toCandidates(
  source: ReferrerSource,
  descriptors: readonly Descriptor[],
  suspects: readonly SuspectEntry[],
  settings: ListSettings,
): Candidate[] {
  const sound = descriptors.map((listed): Candidate => ({ digest: listed.digest, listed, sources: [source] }));
  const askable = suspects.flatMap((suspect): Candidate[] => {
    settings.warn({ code: 'descriptor-differs', message: `${source}: ${suspect.problem}` });
    return suspect.digest === undefined ? [] : [{ digest: suspect.digest, listed: undefined, sources: [source] }];
  });
  return [...sound, ...askable];
}

/** BuildKit, docs/attestations/attestation-storage.md: siblings in the index that say which platform they are about. */
function fromIndex(subject: CollectSubject): readonly Candidate[] {
  return (subject.siblings ?? [])
    .filter(
      (entry) =>
        entry.annotations?.[ANNOTATION_BUILDKIT_TYPE] === 'attestation-manifest' &&
        entry.annotations[ANNOTATION_BUILDKIT_DIGEST] === subject.digest,
    )
    .map((entry) => ({
      digest: entry.digest,
      listed: { mediaType: entry.mediaType, digest: entry.digest, size: entry.size },
      sources: ['in-index'],
    }));
}

/** cosign v2: what belongs to a digest stands under tags made from it. */
async function fromCosignTags(subject: Digest, settings: ListSettings): Promise<readonly Candidate[]> {
  const found = await Promise.all(
    COSIGN_TAG_SUFFIXES.map(async (suffix): Promise<readonly Candidate[]> => {
      const tag = buildCosignTag(subject, suffix);
      if ((await settings.inventory.word(tag)) === 'absent') return [];
      const fetched = await settings.store.findManifest({ tag }, { signal: settings.signal });
      if (fetched === undefined || fetched.manifest.digest === subject) return [];
      const { manifest } = fetched;
      const listed = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
      return [{ digest: manifest.digest, listed, sources: ['cosign-tags'], manifest }];
    }),
  );
  return found.flat();
}
