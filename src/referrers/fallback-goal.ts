import type { Digest } from '../oci/digest.ts';
import { addEntries, buildFallbackIndex, type RawEntry, rawEntriesOf, removeEntries } from './fallback-edit.ts';
import type { FallbackIndex } from './read-fallback-index.ts';

/** What keeps one reading of a list from being as it should be. */
export interface FallbackGap {
  /** Ours, not listed. */
  readonly missing: readonly RawEntry[];
  /** Listed, to be taken out. */
  readonly unwanted: readonly Digest[];
  /** Of others, listed in an earlier reading, their manifests still there: another writer overwrote them. */
  readonly overwritten: readonly RawEntry[];
  /** Of others, no longer listed; whether their manifests are still there has not been looked at. */
  readonly unexplained: readonly RawEntry[];
}

/**
 * An entry of others is put back so often at most: one that goes again and again is taken out by somebody who wants it
 * out (`if-exists: replace`), and two who undo each other's work would never end.
 */
const MAX_RESTORES = 5;
/** The same where nothing else is undone. To lose an entry of others is worse than to bring a replaced one back. */
const MEANT_FROM = 2;

/** What the list of one subject has to hold in the end, and what was seen of it on the way. Makes no requests. */
export class FallbackGoal {
  readonly #wanted: ReadonlyMap<Digest, RawEntry>;
  /** Those of them that must stand exactly so. */
  readonly #exact: ReadonlySet<Digest>;
  readonly #removed: Set<Digest>;
  /** To be taken out as well, for as long as their manifests are not there. */
  readonly #absent: Set<Digest>;
  /** Every entry of others that any reading showed. */
  readonly #seen = new Map<Digest, RawEntry>();
  readonly #standing = new Set<Digest>();
  readonly #restores = new Map<Digest, number>();
  /** In which reading an entry was seen for the first time. */
  readonly #firstSeen = new Map<Digest, number>();
  /** Entries of others that a later edition took the place of. */
  readonly #superseded = new Set<Digest>();
  #readings = 0;

  constructor(
    add: readonly RawEntry[],
    remove: readonly Digest[],
    correct: readonly RawEntry[] = [],
    removeAbsent: readonly Digest[] = [],
  ) {
    this.#wanted = new Map([...add, ...correct].map((entry) => [entry.digest, entry]));
    this.#exact = new Set(correct.map(({ digest }) => digest));
    this.#removed = new Set(remove);
    this.#absent = new Set(removeAbsent);
  }

  get wanted(): readonly Digest[] {
    return [...this.#wanted.keys()];
  }

  /** Takes note of a reading, and says what it lacks; undefined: nothing. */
  compare(fallback: FallbackIndex): FallbackGap | undefined {
    const entries = fallback.state === 'list' ? rawEntriesOf(fallback.index.bytes) : [];
    const present = new Set(entries.map(({ digest }) => digest));
    const misdescribed = new Set(entries.filter((entry) => this.#isMisdescribed(entry)).map(({ digest }) => digest));
    const missing = [...this.#wanted.values()].filter(({ digest }) => !present.has(digest) || misdescribed.has(digest));
    this.#noteArrivals(entries);
    const out = [...this.#removed, ...this.#absent].filter((digest) => present.has(digest));
    const unwanted = [...new Set(out), ...misdescribed];
    const vanished = [...this.#seen.values()].filter(({ digest }) => !present.has(digest));
    for (const entry of vanished) if (this.#hasSuccessor(entry, entries)) this.#superseded.add(entry.digest);
    const gone = vanished.filter(({ digest }) => this.#mayRestore(digest));
    for (const entry of entries) if (this.#isOfOthers(entry.digest)) this.#seen.set(entry.digest, entry);
    if (missing.length + unwanted.length + gone.length === 0) return undefined;
    return {
      missing,
      unwanted,
      overwritten: gone.filter(({ digest }) => this.#standing.has(digest)),
      unexplained: gone.filter(({ digest }) => !this.#standing.has(digest)),
    };
  }

  /** Why an entry of others is gone: its manifest stands, so that it was overwritten; or does not, and it rightly went. */
  explain(digest: Digest, manifestStands: boolean): void {
    if (manifestStands) this.#standing.add(digest);
    else this.#seen.delete(digest);
  }

  /** Whether an entry is to go for the sole reason that its manifest was not there. */
  isTakenForAbsent(digest: Digest): boolean {
    return this.#absent.has(digest) && !this.#removed.has(digest);
  }

  /** The manifest of such an entry is there after all: it is one of others. */
  returned(digest: Digest): void {
    this.#absent.delete(digest);
  }

  /**
   * Just what a write put back is gone again. Once may be the work of who never read that write: a client or a proxy that
   * repeats a PUT brings back its list to the byte. Undone twice it was taken out on purpose, and is not put back again.
   */
  undone(digest: Digest): void {
    if ((this.#restores.get(digest) ?? 0) >= MEANT_FROM) this.#superseded.add(digest);
  }

  /** From now on the entry is to go: the registry refuses a list with it. */
  drop(digest: Digest): void {
    this.#removed.add(digest);
    this.#seen.delete(digest);
  }

  /** The list without its gap, to the byte as it was otherwise. */
  close(fallback: FallbackIndex, { missing, unwanted, overwritten }: FallbackGap): Uint8Array {
    const added = [...overwritten, ...missing];
    if (fallback.state !== 'list') return buildFallbackIndex(added);
    return addEntries(removeEntries(fallback.index.bytes, new Set(unwanted)), added);
  }

  /** A list with these was written. */
  restored(entries: readonly RawEntry[]): void {
    for (const { digest } of entries) this.#restores.set(digest, (this.#restores.get(digest) ?? 0) + 1);
  }

  #isMisdescribed({ digest, text, repeated }: RawEntry): boolean {
    return this.#exact.has(digest) && (repeated === true || text !== this.#wanted.get(digest)?.text);
  }

  #isOfOthers(digest: Digest): boolean {
    return !this.#wanted.has(digest) && !this.#removed.has(digest) && !this.#absent.has(digest);
  }

  #noteArrivals(entries: readonly RawEntry[]): void {
    this.#readings++;
    for (const { digest } of entries) if (!this.#firstSeen.has(digest)) this.#firstSeen.set(digest, this.#readings);
  }

  /**
   * Whether an entry that vanished was replaced rather than overwritten: it bears our marker, and what is listed now
   * has a marked entry of the same type that came after it. To restore it would bring back what `if-exists: replace`
   * removed; where it was lost all the same, its own writer looks after it.
   */
  #hasSuccessor(gone: RawEntry, entries: readonly RawEntry[]): boolean {
    if (gone.markedType === undefined) return false;
    const since = this.#firstSeen.get(gone.digest) ?? 0;
    return entries.some(
      ({ digest, markedType }) =>
        markedType === gone.markedType && !this.#wanted.has(digest) && (this.#firstSeen.get(digest) ?? 0) > since,
    );
  }

  #mayRestore(digest: Digest): boolean {
    return !this.#superseded.has(digest) && (this.#restores.get(digest) ?? 0) < MAX_RESTORES;
  }
}

/** Whether the list has to be written. What is unexplained alone is looked at first: it may prove to be gone. */
export function needsWrite({ missing, unwanted, overwritten }: FallbackGap): boolean {
  return missing.length + unwanted.length + overwritten.length > 0;
}
