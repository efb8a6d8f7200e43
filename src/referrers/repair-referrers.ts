import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { TagList } from '../store/store.ts';
import { createCapabilityMemory } from './capability.ts';
import { rawEntriesOf } from './fallback-edit.ts';
import { fallbackName, refuseReserved } from './fallback-errors.ts';
import { fallbackWriterOf } from './fallback-writer.ts';
import { lookUpReferrers } from './look-up.ts';
import { readFallbackIndex } from './read-fallback-index.ts';
import { type JudgedEntry, judgeFound, judgeListed } from './repair-judgement.ts';
import { type FoundManifest, readReferrer, readUniqueTags } from './repair-read.ts';
import type { RepairedEntry, RepairedSubject, RepairRequest } from './repair-types.ts';

/** More pages of tags than this are not read; what is beyond them is said to be unread. */
const MAX_TAG_PAGES = 1000;

/**
 * Builds the lists of referrers of a repository without the referrers API again, from what can be enumerated: the list
 * itself, the referrers' own tags (`unique-tags` of attach), and digests that the caller found elsewhere. Every entry is
 * taken from the manifest's bytes; what has another subject, or is definitely gone, is taken out; what could not be
 * looked at stays. A subject that fails, fails for itself.
 */
export async function repairReferrers(request: RepairRequest): Promise<RepairedSubject[]> {
  const tags = request.uniqueTags === false ? undefined : listTags(request);
  tags?.catch(() => undefined); // awaited by each subject
  const given = groupGiven(request);
  given.catch(() => undefined);
  return Promise.all(
    request.subjects.map(async (subject): Promise<RepairedSubject> => {
      try {
        return await repairOne(subject, request, { tags, given });
      } catch (thrown) {
        return { subject, status: 'failed', entries: [], error: toCodedError(thrown) };
      }
    }),
  );
}

interface Shared {
  readonly tags: Promise<TagList> | undefined;
  /** Referrers among the digests given, by their subject. */
  readonly given: Promise<ReadonlyMap<Digest, readonly FoundManifest[]>>;
}

async function repairOne(subject: Digest, request: RepairRequest, shared: Shared): Promise<RepairedSubject> {
  const { store, signal, distributionSpec = 'auto', capabilities = createCapabilityMemory() } = request;
  const { capability } = await lookUpReferrers(subject, { store, signal, distributionSpec, capabilities });
  if (capability === 'api') return { subject, status: 'api', entries: [] };
  const fallback = await readFallbackIndex(store, subject, { signal });
  refuseReserved(fallback, fallbackName(store, subject));
  const listed = fallback.state === 'list' ? rawEntriesOf(fallback.index.bytes) : [];
  const [read, tagged, given] = await Promise.all([
    Promise.all(listed.map(({ digest }) => readReferrer(digest, request))),
    readUniqueTags(subject, request, shared.tags),
    shared.given.then((bySubject) => bySubject.get(subject) ?? []),
  ]);
  const entries = [
    ...listed.map((entry, i) => judgeListed(entry, read[i], subject)),
    ...judgeFound(subject, new Set(listed.map(({ digest }) => digest)), tagged, given),
  ];
  return carryOut(subject, entries, request);
}

async function carryOut(
  subject: Digest,
  judged: readonly JudgedEntry[],
  request: RepairRequest,
): Promise<RepairedSubject> {
  const { store, signal, clock, settleMs, onWarning } = request;
  const entries = judged.map(({ descriptor: _, ...entry }): RepairedEntry => entry);
  const of = (change: RepairedEntry['change']): JudgedEntry[] => judged.filter((entry) => entry.change === change);
  const descriptors = (change: RepairedEntry['change']): Descriptor[] =>
    of(change).flatMap(({ descriptor }) => descriptor ?? []);
  const change = {
    add: descriptors('added'),
    correct: descriptors('corrected'),
    remove: of('removed').map(({ digest }) => digest),
  };
  if (change.add.length + change.correct.length + change.remove.length === 0)
    return { subject, status: 'sound', entries };
  if (request.dryRun === true) return { subject, status: 'planned', entries };
  const warn = onWarning ?? (() => undefined);
  await fallbackWriterOf(store).update(subject, change, { warn, signal, clock, settleMs });
  return { subject, status: 'repaired', entries };
}

async function groupGiven(request: RepairRequest): Promise<ReadonlyMap<Digest, readonly FoundManifest[]>> {
  const found = await Promise.all([...new Set(request.given)].map((digest) => readReferrer(digest, request)));
  const unread = found.filter(({ state }) => state === 'unread');
  return new Map(
    request.subjects.map((subject) => [
      subject,
      [...found.filter((one) => one.state === 'referrer' && one.subject === subject), ...unread],
    ]),
  );
}

async function listTags({ store, signal }: RepairRequest): Promise<TagList> {
  const list = await store.listTags({ maxPages: MAX_TAG_PAGES, signal });
  if (list.complete) return list;
  throw new CodedError('page-limit', `${store.name} has more than ${MAX_TAG_PAGES} pages of tags`, {
    hint: 'Give the digests of the referrers in place of `unique-tags`.',
  });
}
