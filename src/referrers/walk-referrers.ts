import { CodedError } from '../errors/coded-error.ts';
import type { Digest } from '../oci/digest.ts';
import { TreeBuilder } from './build-referrers.ts';
import { type Collected, type CollectSubject, collectCandidates, collectUnfiltered } from './collect-candidates.ts';
import { apiIsBack } from './confirm-absence.ts';
import { EarlyProofs } from './early-proofs.ts';
import { matchesFilter } from './filter.ts';
import type { ListSettings } from './list-settings.ts';
import { isKept, proveRows } from './prove-rows.ts';
import { markSeen, newRow, type Row } from './row.ts';
import type { Referrer, UnreadSource } from './types.ts';

export interface WalkResult {
  /** What was found for each of the first subjects. */
  readonly bySubject: ReadonlyMap<Digest, readonly Referrer[]>;
  readonly unread: readonly UnreadSource[];
}

/** A subject whose referrers are looked for on a level. */
interface Pending {
  readonly subject: CollectSubject;
  readonly path: readonly Digest[];
  readonly into: Row[];
  /** The API was asked for one type and answered with no other. */
  ofOneType: boolean;
}

/** Bounds on what one walk asks for and holds: lists may name whatever they like. */
const MAX_SUBJECTS = 20_000;
const MAX_ROWS = 250_000;
/** Enough for any honest chain of referrers. */
const MAX_DEPTH = 32;

/**
 * Follows referrers level by level: a round of lists, a round of proofs, and so on. Level by level, not branch by
 * branch, keeps the number of rounds at twice the depth however wide the tree is, and gives the proofs to the first
 * rows in tree order. `subjects` are distinct. Where only an earlier run knows that there is no API, and somewhere that
 * would mean "none", the API is asked for the image first.
 */
export async function walkReferrers(
  subjects: readonly CollectSubject[],
  image: Digest,
  settings: ListSettings,
): Promise<WalkResult> {
  const walked = await walkLevels(subjects, settings);
  if (!settings.useApi || !settings.capability.isRemembered || !walked.saysNone) return walked.result;
  const unread: UnreadSource[] = [];
  if (await apiIsBack(image, settings, unread)) return (await walkLevels(subjects, settings)).result;
  return { ...walked.result, unread: [...walked.result.unread, ...unread] };
}

async function walkLevels(
  subjects: readonly CollectSubject[],
  settings: ListSettings,
): Promise<{ readonly result: WalkResult; readonly saysNone: boolean }> {
  const early = new EarlyProofs(settings);
  const walk = new Walk({ ...settings, early });
  const roots = subjects.map((subject): Pending => ({ subject, path: [], into: [], ofOneType: false }));
  let level: readonly Pending[] = roots;
  let saysNone = false;
  for (let depth = 1; depth <= settings.depth && level.length > 0; depth++) {
    await walk.look(level);
    saysNone ||= level.some((pending) => walk.saysNone(pending));
    if (depth > MAX_DEPTH && level.some(({ into }) => into.length > 0)) {
      throw pageLimit(`referrers of referrers go on beyond ${MAX_DEPTH} levels`);
    }
    if (depth < settings.depth) level = walk.nextLevel(level, depth + 1);
  }
  const builder = new TreeBuilder(settings.filter, settings.depth);
  const bySubject = new Map(roots.map(({ subject, into }) => [subject.digest, builder.build(into)]));
  return { result: { bySubject, unread: walk.unread }, saysNone };
}

class Walk {
  readonly unread: UnreadSource[] = [];
  readonly #settings: ListSettings;
  /** The rows of every subject that was looked at, or is about to be. */
  readonly #walked = new Map<Digest, Row[]>();
  #budget: number;
  #rows = 0;

  constructor(settings: ListSettings) {
    this.#settings = settings;
    this.#budget = settings.verify ? settings.verifyLimit : 0;
  }

  /** One level: every list of it, then the proofs, then the lists again that were asked for too little. */
  async look(level: readonly Pending[]): Promise<void> {
    for (const { subject, into } of level) this.#walked.set(subject.digest, into);
    if (this.#walked.size > MAX_SUBJECTS) throw pageLimit(`more than ${MAX_SUBJECTS} referrers would be followed`);
    await this.#collect(level, collectCandidates);
    this.#settings.early?.end();
    await this.#prove(level);
    const hidden = level.filter((pending) => this.#mayHide(pending));
    if (hidden.length > 0) await this.#lookUnfiltered(hidden);
  }

  async #collect(
    level: readonly Pending[],
    ask: (subject: CollectSubject, settings: ListSettings) => Promise<Collected>,
  ): Promise<void> {
    const answers = await Promise.all(
      level.map(async ({ subject }) => {
        const collected = await ask(subject, this.#settings);
        this.#rows += collected.candidates.length;
        if (this.#rows > MAX_ROWS) throw pageLimit(`more than ${MAX_ROWS} referrers are listed`);
        return collected;
      }),
    );
    for (const [i, pending] of level.entries()) {
      const { candidates = [], unread = [], ofOneType = false } = answers[i] ?? {};
      pending.ofOneType = ofOneType;
      this.unread.push(...unread);
      const path = [...pending.path, pending.subject.digest];
      const known = new Map(pending.into.map((row) => [row.candidate.digest, row]));
      for (const candidate of candidates) {
        const row = known.get(candidate.digest);
        if (row === undefined) pending.into.push(newRow(candidate, pending.subject.digest, path));
        else markSeen(row, candidate.sources);
      }
    }
  }

  async #prove(level: readonly Pending[]): Promise<void> {
    const rows = level.flatMap(({ into }) => into.filter((row) => row.state === 'listed'));
    this.#budget -= await proveRows(rows, this.#budget, this.#settings, this.unread);
    for (const { into } of level) retain(into, isKept);
  }

  /** A filter works on the registry's word for the type, which may be wrong: "none" is said by the whole list only. */
  #mayHide({ ofOneType, into }: Pending): boolean {
    return ofOneType && !into.some((row) => row.sources.includes('api') && this.#matches(row));
  }

  /** The list that stands in the place of the API's has nothing to show for a subject. */
  saysNone({ into }: Pending): boolean {
    return !into.some((row) => row.sources.includes('tag-schema') && this.#matches(row));
  }

  async #lookUnfiltered(level: readonly Pending[]): Promise<void> {
    const before = new Map(level.map(({ into }) => [into, new Set(into)]));
    await this.#collect(level, collectUnfiltered);
    await this.#prove(level);
    for (const { subject, into } of level) {
      const shown = into.filter((row) => before.get(into)?.has(row) !== true && this.#matches(row));
      if (shown.length === 0) continue;
      this.#settings.warn({
        code: 'filter-reasked',
        message: `the registry's filter for ${this.#settings.serverType} hid ${shown.length} matching referrers of ${subject.digest}: its list has another type for them than their manifests`,
        subject: subject.digest,
      });
    }
  }

  #matches(row: Row): boolean {
    return matchesFilter(row.descriptor, this.#settings.filter);
  }

  /** The rows whose own referrers are asked for next; one that was walked already shares what was found. */
  nextLevel(level: readonly Pending[], number: number): Pending[] {
    const next = new Map<Digest, Pending>();
    for (const row of level.flatMap(({ into }) => into)) {
      const { digest } = row.candidate;
      if (row.path.includes(digest)) continue;
      const known = this.#walked.get(digest) ?? next.get(digest)?.into;
      if (known !== undefined) {
        row.below = known;
        continue;
      }
      const subject: CollectSubject = { digest, level: number, hint: row.hint };
      next.set(digest, { subject, path: row.path, into: row.below, ofOneType: false });
    }
    return [...next.values()];
  }
}

/** In place: a list of rows is shared by all rows of one digest. */
function retain(rows: Row[], keep: (row: Row) => boolean): void {
  let kept = 0;
  for (const row of rows) {
    if (keep(row)) rows[kept++] = row;
  }
  rows.length = kept;
}

function pageLimit(message: string): CodedError {
  return new CodedError('page-limit', message, {
    hint: 'The registry invents referrers, or there are more than can be listed at once: ask for fewer levels with `depth`.',
  });
}
