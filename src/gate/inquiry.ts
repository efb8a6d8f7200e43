import type { Digest } from '../oci/digest.ts';
import type { EvidenceGap, EvidenceItem, ImageScope } from '../policy/evidence-item.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import type { DeferredTag, FoundCandidate, Gathered } from './gather-candidates.ts';
import { FLOODED_HINT } from './read-document.ts';

/** Candidates of one image, or of one artifact, that are looked at; what has more has been flooded. */
export const MAX_CANDIDATES = 1000;

/** What is known so far of the evidence for some subjects, and what is still to be looked at. Grows step by step. */
export class Inquiry {
  readonly items: EvidenceItem[] = [];
  readonly gaps: EvidenceGap[] = [];
  #waiting: FoundCandidate[] = [];
  #deferred: DeferredTag[] = [];
  readonly #seen = new Set<string>();
  #examined = 0;

  /**
   * Takes in what lists said, each candidate of a subject once. One that a further source names is new: a cosign tag needs
   * no subject, so what a forged list made be refused must not hide it there.
   */
  add({ found, gaps, deferred }: Gathered): void {
    this.gaps.push(...gaps);
    this.#deferred.push(...deferred);
    for (const one of found) {
      const { subject, candidate } = one;
      const keys = candidate.sources.map((source) => `${subject.digest} ${candidate.digest} ${source}`);
      if (keys.every((key) => this.#seen.has(key))) continue;
      for (const key of keys) this.#seen.add(key);
      this.#waiting.push(one);
    }
  }

  /**
   * The waiting candidates that `isWanted` chooses; they wait no more. What is over the bound, of all that were ever
   * taken, becomes a gap.
   */
  take(isWanted: (found: FoundCandidate) => boolean, bound = MAX_CANDIDATES): readonly FoundCandidate[] {
    const [wanted, left] = divide(this.#waiting, isWanted);
    this.#waiting = left;
    const room = Math.max(0, bound - this.#examined);
    const taken = wanted.length <= room ? wanted : inTurns(wanted);
    this.#examined += Math.min(room, taken.length);
    this.gaps.push(...gapsOfUnread(taken.slice(room), bound));
    return taken.slice(0, room);
  }

  /** The tags that nobody has asked for, of the subjects that `isWanted` chooses; they are deferred no more. */
  takeDeferred(isWanted: (subject: Digest) => boolean): readonly DeferredTag[] {
    const [taken, left] = divide(this.#deferred, ({ subject }) => isWanted(subject.digest));
    this.#deferred = left;
    return taken;
  }
}

/** One of each subject in turn, so that a flood on one of them hides nothing on the others. */
function inTurns(found: readonly FoundCandidate[]): readonly FoundCandidate[] {
  const groups = [...Map.groupBy(found, ({ subject }) => subject.digest).values()];
  const turns = groups.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: turns }, (_, turn) => groups.flatMap((group) => group[turn] ?? [])).flat();
}

/** One for each subject and source, however many there are: lists may be long. */
function gapsOfUnread(found: readonly FoundCandidate[], bound: number): EvidenceGap[] {
  const groups = Map.groupBy(found, ({ subject, candidate }) => `${subject.digest} ${candidate.sources[0]}`);
  return [...groups.values()].flatMap(([first, ...others]): EvidenceGap[] => {
    if (first === undefined) return [];
    const { subject, candidate } = first;
    const which =
      others.length === 0 ? `${candidate.digest} was` : `${candidate.digest} and ${others.length} more were`;
    const reason = `more than ${bound} referrers are listed; ${which} not read`;
    return [
      {
        subject: subject.digest,
        source: candidate.sources[0] ?? 'api',
        code: 'page-limit',
        reason,
        hint: FLOODED_HINT,
      },
    ];
  });
}

/**
 * The subjects that could still change the verdict: those of cells that are not met, the indexes inside the image's own
 * that contain them, and the index, which stands for its children.
 */
export function unmetSubjects({ rules }: ImageVerdict, { digest, platforms }: ImageScope): ReadonlySet<Digest> {
  const cells = rules.flatMap((rule) => rule.cells);
  const unmet = cells.filter(({ state }) => state === 'fail' || state === 'unknown');
  const subjects = new Set([digest, ...unmet.map((cell) => cell.digest)]);
  const within = platforms.filter((one) => subjects.has(one.digest)).flatMap((one) => one.within ?? []);
  return new Set([...subjects, ...within]);
}

function divide<T>(items: readonly T[], belongs: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
