import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import { type RawEntry, rawEntryOf } from './fallback-edit.ts';
import type { FoundManifest } from './repair-read.ts';
import type { RepairedEntry, RepairSource } from './repair-types.ts';

/** An entry with what it should say, where it is to be written. */
export interface JudgedEntry extends RepairedEntry {
  readonly descriptor?: Descriptor | undefined;
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
      return { ...base, change: 'removed', why: 'the registry does not hold it' };
    case 'no-referrer':
      return { ...base, change: 'removed', why: 'it refers to nothing' };
    case 'referrer': {
      const { descriptor } = found;
      const { artifactType } = descriptor;
      if (found.subject !== subject) {
        return { ...base, artifactType, change: 'removed', why: `it refers to ${found.subject}` };
      }
      if (repeated === true)
        return { ...base, artifactType, change: 'corrected', why: 'it is listed twice', descriptor };
      if (isDescribed(text, descriptor)) return { ...base, artifactType, change: 'kept', why: 'it is listed as it is' };
      return { ...base, artifactType, change: 'corrected', why: 'the list describes it wrongly', descriptor };
    }
  }
}

/** The same in meaning: another order of keys, or fields of others beside ours, are nobody's fault. */
function isDescribed(text: string, descriptor: Descriptor): boolean {
  const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const is = JSON.parse(rawEntryOf(descriptor).text) as Readonly<Record<string, unknown>>;
  return ['mediaType', 'digest', 'size', 'artifactType', 'annotations'].every((key) => isSame(said[key], is[key]));
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
  tagged: readonly FoundManifest[],
  given: readonly FoundManifest[],
): JudgedEntry[] {
  const all = [
    ...tagged.map((found) => [found, 'unique-tag'] as const),
    ...given.map((found) => [found, 'given'] as const),
  ];
  const judged = new Map<Digest, JudgedEntry>();
  for (const [found, source] of all) {
    const { digest } = found;
    if (listed.has(digest)) continue;
    const sources: RepairSource[] = [...(judged.get(digest)?.sources ?? []), source];
    if (found.state === 'unread') {
      judged.set(digest, { digest, artifactType: undefined, sources, change: 'unread', why: found.error.message });
    } else if (found.state === 'referrer' && found.subject === subject) {
      const { descriptor } = found;
      const why = 'it refers to the image, and the list lacks it';
      judged.set(digest, { digest, artifactType: descriptor.artifactType, sources, change: 'added', why, descriptor });
    }
  }
  return [...judged.values()];
}
