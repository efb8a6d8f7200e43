import { setImmediate } from 'node:timers/promises';
import type { Signer } from '../../evidence/signer.ts';
import { LET_GO, type Statement } from '../../evidence/statement.ts';
import type { EvidenceContent, EvidenceItem, ImageScope } from '../evidence-item.ts';
import type { Expression } from '../expression.ts';
import { buildExpressionInput } from './expression-input.ts';

/** What a condition looks at. */
export interface ConditionSubject {
  readonly item: EvidenceItem;
  readonly statement: Statement | undefined;
  readonly signer: Signer | undefined;
  readonly image: ImageScope;
}

/** Milliseconds of the clock for a first evaluation: some thousand packages on an idle machine. */
const FIRST_LIMIT = 30;
/** For all first evaluations of one image: a thousand that take all their time, as of one rule on the most candidates. */
const FIRST_TOTAL = 30_000;
/** Milliseconds for a second one, so that what hardly takes longer waits for nothing that takes much longer. */
const SECOND_LIMIT = 300;
/** For all further ones, of what takes longer; the third may take as long as an expression ever may. */
const FURTHER_TOTAL = 20_000;
/** Milliseconds of evaluations after which others get a turn: the deadline, answers of servers, other images. */
const TURN = 20;

/** Why a condition is not known to hold. */
export interface Unmet {
  readonly reason: string;
  /** Time was up before an answer: it may hold. */
  readonly isUndecided: boolean;
}

/** A plan that lets go of what a rule looks into would be a mistake of ours; it opens no gate. */
export const LET_GO_REASON = 'the predicate that it looks into was let go';

type Answers = Map<string, Unmet | undefined>;

/** An evaluation that is to come. */
interface Question {
  readonly where: Expression;
  readonly subject: ConditionSubject;
  readonly answers: Answers;
}

export interface ConditionsOptions {
  /** Milliseconds for all first evaluations. */
  readonly first?: number | undefined;
  /** Milliseconds for all further ones. */
  readonly further?: number | undefined;
  /** Whether first evaluations wait for `askNew`, in place of being made in the midst of a judgement. Default false. */
  readonly waits?: boolean | undefined;
}

/**
 * The conditions on one image's evidence. Each is asked once of each candidate, however often the image is judged; and
 * since anybody may have written what it is asked of, and plenty of it, briefly at first. What takes longer is undecided,
 * and gets its time when nothing else is left to do (`askAgain`), the quicker first: so junk takes no time from what is
 * quick.
 */
export class Conditions {
  readonly #answers = new WeakMap<Expression, WeakMap<EvidenceContent, Answers>>();
  /** Those that wait for a second evaluation. */
  readonly #slow: Question[] = [];
  /** Those that wait for a third. */
  readonly #slowest: Question[] = [];
  /** Those that wait for a first. */
  readonly #new: Question[] = [];
  readonly #waits: boolean;
  #first: number;
  #further: number;

  constructor({ first = FIRST_TOTAL, further = FURTHER_TOTAL, waits = false }: ConditionsOptions = {}) {
    this.#first = first;
    this.#further = further;
    this.#waits = waits;
  }

  /** Why a condition does not hold; an error is a reason too. undefined: it holds. */
  reasonUnmet(where: Expression, subject: ConditionSubject): Unmet | undefined {
    if (subject.statement?.predicate === LET_GO)
      return { reason: `${quoted(where)} was not decided: ${LET_GO_REASON}`, isUndecided: true };
    const answers = this.#answersOf(where, subject.item.content);
    const key = keyOf(subject);
    if (!answers.has(key)) {
      const question = { where, subject, answers };
      if (this.#waits) this.#new.push(question);
      answers.set(key, this.#waits ? undecided(where) : this.#askFirst(question));
    }
    return answers.get(key);
  }

  /**
   * Asks what waits for its first answer, with turns for others in between, so that a deadline ends it. Whether anything
   * was asked: then there is another judgement to make. Throws the signal's reason once the run is to end.
   */
  async askNew(signal: AbortSignal): Promise<boolean> {
    const questions = this.#new.splice(0);
    let turn = performance.now();
    for (const one of questions) {
      one.answers.set(keyOf(one.subject), this.#askFirst(one));
      if (performance.now() - turn < TURN) continue;
      await setImmediate();
      signal.throwIfAborted();
      turn = performance.now();
    }
    return questions.length > 0;
  }

  /**
   * Asks again what was undecided, all of it a little longer before any of it gets all the time that it may have; for
   * about so many milliseconds, by default all that are left, those that no first evaluation took included. Whether
   * anything could be asked. Throws the signal's reason once the run is to end.
   */
  async askAgain(signal: AbortSignal, milliseconds?: number): Promise<boolean> {
    if (milliseconds === undefined) this.#lend();
    const reserve = milliseconds === undefined ? 0 : Math.max(0, this.#further - milliseconds);
    let hasAsked = false;
    for (;;) {
      const one = this.#further > reserve ? (this.#slow[0] ?? this.#slowest[0]) : undefined;
      if (one === undefined) return hasAsked;
      this.#askFurther(one);
      hasAsked = true;
      await setImmediate(); // the deadline of a run has to come through
      signal.throwIfAborted();
    }
  }

  /** When nothing new will be asked, what is left of the time for it is there for what is slow. */
  #lend(): void {
    this.#further += Math.max(0, this.#first);
    this.#first = 0;
  }

  #answersOf(where: Expression, content: EvidenceContent): Answers {
    const byContent = this.#answers.get(where) ?? new WeakMap<EvidenceContent, Answers>();
    this.#answers.set(where, byContent);
    const answers = byContent.get(content) ?? new Map<string, Unmet | undefined>();
    byContent.set(content, answers);
    return answers;
  }

  #askFirst(one: Question): Unmet | undefined {
    const begun = performance.now();
    const answer = this.#first > 0 ? evaluate(one.where, one.subject, FIRST_LIMIT) : undecided(one.where);
    this.#first -= performance.now() - begun;
    if (answer?.isUndecided === true) this.#slow.push(one);
    return answer;
  }

  #askFurther(one: Question): void {
    const isSecond = this.#slow[0] === one;
    (isSecond ? this.#slow : this.#slowest).shift();
    const begun = performance.now();
    const answer = evaluate(one.where, one.subject, isSecond ? SECOND_LIMIT : undefined);
    this.#further -= performance.now() - begun;
    one.answers.set(keyOf(one.subject), answer);
    if (answer?.isUndecided === true) this.#slowest.push(one);
  }
}

/** `limit`: milliseconds for a look, after which nothing is decided; undefined: all that an expression may have. */
function evaluate(
  where: Expression,
  { item, statement, signer, image }: ConditionSubject,
  limit: number | undefined,
): Unmet | undefined {
  const result = evaluateSafely(where, buildExpressionInput(item, statement, signer, image), limit);
  if ('error' in result) {
    if (result.isOutOfTime === true && limit !== undefined) return undecided(where);
    return { reason: `${quoted(where)} could not be evaluated: ${result.error}`, isUndecided: false };
  }
  return result.holds === true ? undefined : { reason: `${quoted(where)} does not hold`, isUndecided: false };
}

function undecided(where: Expression): Unmet {
  const reason = `${quoted(where)} was not decided: the conditions on the evidence of this image take too long in all`;
  return { reason, isUndecided: true };
}

function quoted({ source }: Expression): string {
  return `the condition ${JSON.stringify(source)}`;
}

/** The same content may stand on several subjects, and be vouched for by several signers. */
function keyOf({ item: { subject, referrer, document, origin }, signer }: ConditionSubject): string {
  return JSON.stringify([subject, referrer ?? null, document ?? null, origin ?? null, signer?.fingerprint ?? null]);
}

/** An expression never throws; one that does all the same must not end the judgement on everything else. */
function evaluateSafely(
  where: Expression,
  ...input: Parameters<Expression['evaluate']>
): ReturnType<Expression['evaluate']> {
  try {
    return where.evaluate(...input);
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
