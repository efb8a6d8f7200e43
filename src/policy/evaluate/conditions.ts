import type { Signer } from '../../evidence/signer.ts';
import type { Statement } from '../../evidence/statement.ts';
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

/** Evaluations that take so long (milliseconds) are hostile, or nearly as bad; of an image so many are waited for. */
const LONG = 1000;
const MAX_LONG = 5;
/** What each of the others gets then. Ten thousand packages take a quarter of it on an idle machine. */
const SHORT_LIMIT = 400;

type Answers = Map<string, string | undefined>;

/**
 * The conditions on one image's evidence. Each is asked once of each candidate, however often the image is judged; and
 * where anybody could have written what it is asked of, and some of it takes it very long, the rest gets less time.
 */
export class Conditions {
  readonly #answers = new WeakMap<Expression, WeakMap<EvidenceContent, Answers>>();
  #long = 0;

  /** Why a condition does not hold; an error is a reason too. undefined: it holds. */
  reasonUnmet(where: Expression, subject: ConditionSubject): string | undefined {
    const answers = this.#answersOf(where, subject.item.content);
    const key = keyOf(subject);
    if (!answers.has(key)) answers.set(key, this.#ask(where, subject));
    return answers.get(key);
  }

  #answersOf(where: Expression, content: EvidenceContent): Answers {
    const byContent = this.#answers.get(where) ?? new WeakMap<EvidenceContent, Answers>();
    this.#answers.set(where, byContent);
    const answers = byContent.get(content) ?? new Map<string, string | undefined>();
    byContent.set(content, answers);
    return answers;
  }

  #ask(where: Expression, { item, statement, signer, image }: ConditionSubject): string | undefined {
    const begun = performance.now();
    const limit = this.#long < MAX_LONG ? undefined : SHORT_LIMIT;
    const result = evaluateSafely(where, buildExpressionInput(item, statement, signer, image), limit);
    if (performance.now() - begun > LONG) this.#long++;
    if ('error' in result)
      return `the condition ${JSON.stringify(where.source)} could not be evaluated: ${result.error}`;
    return result.holds === true ? undefined : `the condition ${JSON.stringify(where.source)} does not hold`;
  }
}

/** The same content may stand on several subjects, and be vouched for by several signers. */
function keyOf({ item: { subject, referrer, document, origin }, signer }: ConditionSubject): string {
  return JSON.stringify([subject, referrer ?? null, document ?? null, origin ?? null, signer?.fingerprint ?? null]);
}

/** An expression never throws; one that does all the same must not end the judgement on everything else. */
function evaluateSafely(where: Expression, ...input: Parameters<Expression['evaluate']>) {
  try {
    return where.evaluate(...input);
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
