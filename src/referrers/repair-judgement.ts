import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { DESCRIPTOR_FIELDS, foldedFields } from '../oci/folded-keys.ts';
import { buildReferrersTag } from '../oci/referrers-tag.ts';
import type { JsonObject } from '../oci/strict-json.ts';
import { type RawEntry, rawEntryOf } from './fallback-edit.ts';
import type { FoundManifest } from './repair-read.ts';
import type { RepairedEntry, RepairSource } from './repair-types.ts';

/** An entry with what it should say, where it is to be written. */
export interface JudgedEntry extends RepairedEntry {
  readonly descriptor?: Descriptor | undefined;
  /** To be taken out since its manifest is not there, which may change. */
  readonly isGone?: true;
}

/** What becomes of an entry that the list has. */
export function judgeListed(entry: RawEntry, found: FoundManifest | undefined, subject: Digest): JudgedEntry {
  const { digest, text, repeated } = entry;
  const base = { digest, artifactType: undefined, sources: ['list'] as const };
  switch (found?.state) {
    case undefined:
    case 'unread':
      return { ...base, change: 'unread', why: found?.error.message ?? 'it was not read' };
    case 'gone':
      return { ...base, change: 'removed', why: 'the registry does not hold it', isGone: true };
    case 'no-referrer':
      return { ...base, change: 'removed', why: 'it refers to nothing' };
    case 'referrer': {
      const { descriptor } = found;
      const { artifactType } = descriptor;
      // two subjects of sha512 may share a tag, and with it the list
      if (buildReferrersTag(found.subject) !== buildReferrersTag(subject)) {
        return { ...base, artifactType, change: 'removed', why: `it refers to ${found.subject}` };
      }
      if (repeated === true)
        return { ...base, artifactType, change: 'corrected', why: 'it is listed more than once', descriptor };
      if (isDescribed(text, descriptor)) return { ...base, artifactType, change: 'kept', why: 'it is listed as it is' };
      return { ...base, artifactType, change: 'corrected', why: 'the list describes it wrongly', descriptor };
    }
  }
}

/** The same in meaning: another order of keys, fields of others beside ours, or an empty one for none are nobody's fault. */
function isDescribed(text: string, descriptor: Descriptor): boolean {
  const said = JSON.parse(text) as JsonObject;
  if (foldedFields(said, DESCRIPTOR_FIELDS).length > 0) return false; // others read another entry
  const is = JSON.parse(rawEntryOf(descriptor).text) as Readonly<Record<string, unknown>>;
  return ['mediaType', 'digest', 'size', 'artifactType', 'annotations'].every((key) =>
    isSame(orNone(said[key]), orNone(is[key])),
  );
}

function orNone(value: unknown): unknown {
  const isEmpty = value === '' || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  return isEmpty ? undefined : value;
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  const [left, right] = [a, b].map((value) =>
    JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))),
  );
  return left === right;
}

/** What becomes of referrers that the list lacks. */
export function judgeFound(
  subject: Digest,
  listed: ReadonlySet<Digest>,
  sources: Readonly<Partial<Record<RepairSource, readonly FoundManifest[]>>>,
): JudgedEntry[] {
  const all = Object.entries(sources).flatMap(([source, found]) =>
    found.map((one) => [one, source as RepairSource] as const),
  );
  const judged = new Map<Digest, JudgedEntry>();
  for (const [found, source] of all) {
    const { digest } = found;
    if (listed.has(digest)) continue;
    const known = judged.get(digest);
    const base = { digest, sources: [...new Set([...(known?.sources ?? []), source])] };
    if (found.state === 'unread') {
      // read by one way, it is no less read for failing by another
      judged.set(digest, known?.change === 'added' ? { ...known, ...base } : unreadEntry(base, found.error.message));
    } else if (found.state === 'referrer' && found.subject === subject) {
      const { descriptor } = found;
      const why = 'it refers to the image, and the list lacks it';
      judged.set(digest, { ...base, artifactType: descriptor.artifactType, change: 'added', why, descriptor });
    }
  }
  return [...judged.values()];
}

function unreadEntry(base: Pick<JudgedEntry, 'digest' | 'sources'>, why: string): JudgedEntry {
  return { ...base, artifactType: undefined, change: 'unread', why };
}
