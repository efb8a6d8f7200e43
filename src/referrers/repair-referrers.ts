import { CodedError, toCodedError } from '../errors/coded-error.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { createCapabilityMemory } from './capability.ts';
import { mediaTypeOf, rawEntriesOf } from './fallback-edit.ts';
import { fallbackName, namelessEntries, refuseReserved } from './fallback-errors.ts';
import { fallbackWriterOf } from './fallback-writer.ts';
import { lookUpReferrers } from './look-up.ts';
import { type FallbackIndex, readFallbackIndex } from './read-fallback-index.ts';
import { type JudgedEntry, judgeFound, judgeListed } from './repair-judgement.ts';
import { type FoundManifest, type KnownTags, readManifests, readUniqueTags } from './repair-read.ts';
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
  const shared: Shared = {
    tags: listTags(request),
    given: readManifests(distinct(request.given), request),
    enumerated: readManifests(distinct(request.enumerated), request),
  };
  for (const promise of Object.values(shared)) promise.catch(() => undefined); // awaited by each subject
  const repaired = await Promise.all(
    request.subjects.map(async (subject): Promise<RepairedSubject> => {
      try {
        return await repairOne(subject, request, shared);
      } catch (thrown) {
        return { subject, status: 'failed', entries: [], error: toCodedError(thrown), unlooked: [] };
      }
    }),
  );
  if (repaired.some(({ status }) => status !== 'api' && status !== 'failed')) {
    warnOfPassedOver(await shared.given, request);
  }
  return repaired;
}

/** What is read once for all subjects. */
interface Shared {
  readonly tags: Promise<KnownTags>;
  readonly given: Promise<readonly FoundManifest[]>;
  readonly enumerated: Promise<readonly FoundManifest[]>;
}

async function repairOne(subject: Digest, request: RepairRequest, shared: Shared): Promise<RepairedSubject> {
  const fallback = await readList(subject, request);
  if (fallback === 'api') return { subject, status: 'api', entries: [], unlooked: [] };
  const listed = fallback.state === 'list' ? rawEntriesOf(fallback.index.bytes) : [];
  const [read, tagged, given, enumerated] = await Promise.all([
    readManifests(
      listed.map((entry) => ({ digest: entry.digest, mediaType: mediaTypeOf(entry) })),
      request,
    ),
    shared.tags.then((tags) => readUniqueTags(subject, request, tags)),
    shared.given,
    shared.enumerated,
  ]);
  const known = new Set(listed.map(({ digest }) => digest));
  const entries = [
    ...listed.map((entry, i) => judgeListed(entry, read[i], subject)),
    ...judgeFound(subject, known, { 'unique-tag': tagged.found, given, enumerated }),
  ];
  const nameless = namelessEntries(fallbackName(request.store, subject), fallback);
  const unlooked = nameless === undefined ? tagged.unread : [nameless, ...tagged.unread];
  return { ...(await carryOut(subject, entries, fallback, request)), unlooked };
}

/** One 404 is not believed. */
async function readList(subject: Digest, request: RepairRequest): Promise<FallbackIndex | 'api'> {
  const { store, signal, distributionSpec = 'auto', capabilities = createCapabilityMemory() } = request;
  const lookUp = await lookUpReferrers(subject, { store, signal, distributionSpec, capabilities });
  if (lookUp.capability === 'api') return 'api';
  if (lookUp.fallback !== undefined && !lookUp.fallbackAbsent) return lookUp.fallback;
  const fallback = await readFallbackIndex(store, subject, { signal });
  refuseReserved(fallback, fallbackName(store, subject));
  return fallback;
}

async function carryOut(
  subject: Digest,
  judged: readonly JudgedEntry[],
  fallback: FallbackIndex,
  request: RepairRequest,
): Promise<Omit<RepairedSubject, 'unlooked'>> {
  const { store, signal, clock, settleMs, onWarning } = request;
  const entries = judged.map(({ descriptor: _, isGone: __, ...entry }): RepairedEntry => entry);
  const descriptors = (change: RepairedEntry['change']): Descriptor[] =>
    judged.flatMap((entry) => (entry.change === change ? (entry.descriptor ?? []) : []));
  const removed = judged.filter((entry) => entry.change === 'removed');
  const change = {
    add: descriptors('added'),
    correct: descriptors('corrected'),
    remove: removed.filter(({ isGone }) => isGone !== true).map(({ digest }) => digest),
    removeAbsent: removed.filter(({ isGone }) => isGone === true).map(({ digest }) => digest),
  };
  if (Object.values(change).every(({ length }) => length === 0)) return { subject, status: 'sound', entries };
  if (request.dryRun === true) return { subject, status: 'planned', entries };
  const returned = new Set<Digest>();
  await fallbackWriterOf(store).update(subject, change, {
    warn: onWarning ?? (() => undefined),
    earlier: [fallback],
    onReturned: (digest) => void returned.add(digest),
    signal,
    clock,
    settleMs,
  });
  const why = 'it was pushed again while the list was written';
  const outcome = entries.map((entry) =>
    returned.has(entry.digest) ? { ...entry, change: 'kept' as const, why } : entry,
  );
  const isSound = outcome.every((entry) => entry.change === 'kept' || entry.change === 'unread');
  return { subject, status: isSound ? 'sound' : 'repaired', entries: outcome };
}

function distinct(digests: readonly Digest[] = []): { readonly digest: Digest }[] {
  return [...new Set(digests)].map((digest) => ({ digest }));
}

/** Who gives a digest expects it to be listed. */
function warnOfPassedOver(given: readonly FoundManifest[], { store, subjects, onWarning }: RepairRequest): void {
  for (const found of given) {
    const why = passedOver(found, subjects);
    if (why === undefined) continue;
    const message = `${store.name}@${found.digest} was given and is not listed: ${why}`;
    onWarning?.({ code: 'digest-passed-over', message, subject: found.digest });
  }
}

function passedOver(found: FoundManifest, subjects: readonly Digest[]): string | undefined {
  switch (found.state) {
    case 'gone':
      return 'the registry does not hold it';
    case 'no-referrer':
      return 'it refers to nothing';
    case 'referrer':
      return subjects.includes(found.subject) ? undefined : `it refers to ${found.subject}, whose list is not repaired`;
    case 'unread':
      return undefined; // each list says so
  }
}

/** What there is of the tags, and why it is not all: the rest is repaired all the same. */
async function listTags({ store, signal, uniqueTags }: RepairRequest): Promise<KnownTags> {
  if (uniqueTags === false) return { tags: new Set() };
  try {
    const { tags, complete, error } = await store.listTags({ maxPages: MAX_TAG_PAGES, certain: true, signal });
    if (complete) return { tags };
    return { tags, error: withoutTags(error ?? new CodedError('list-incomplete', notAllTags(store.name))) };
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    return { tags: new Set(), error: withoutTags(toCodedError(thrown)) };
  }
}

function notAllTags(name: string): string {
  return `not all tags of ${name} could be listed: it has more than ${MAX_TAG_PAGES} pages of them, or the registry cuts its pages and does not give the rest`;
}

function withoutTags(cause: CodedError): CodedError {
  const hint =
    'Referrers that only their own tags would have told of may be missing. `unique-tags: false` goes without; `digests` names them.';
  return new CodedError(cause.code, cause.message, { cause, hint });
}
