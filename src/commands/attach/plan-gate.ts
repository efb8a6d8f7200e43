import { CodedError, toCodedError } from '../../errors/coded-error.ts';

/**
 * Holds every image of a run back until the files of all of them are checked: what is wrong with the inputs for one
 * image is known before anything is written to another. An image that its registry does not give holds nobody back.
 */
export class PlanGate {
  #missing: number;
  #refusal: CodedError | undefined;
  readonly #all = Promise.withResolvers<void>();

  /** `images`: how many there are. Each must take one pass, and see it through. */
  constructor(images: number) {
    this.#missing = images;
  }

  pass(): PlanPass {
    let arrived = false;
    const arrive = (error?: CodedError): void => {
      if (arrived) return;
      arrived = true;
      if (error !== undefined && isOfInputs(error)) this.#refusal ??= error;
      this.#missing--;
      if (this.#missing === 0) this.#all.resolve();
    };
    return {
      hold: async (planning) => {
        const planned = await planning.catch((thrown: unknown) => {
          arrive(toCodedError(thrown));
          throw thrown;
        });
        arrive();
        await this.#all.promise;
        if (this.#refusal !== undefined) throw heldBack(this.#refusal);
        return planned;
      },
      fail: arrive,
    };
  }
}

/** What one image does at the gate. */
export interface PlanPass {
  /** Resolves as `planning` does, once every image has planned. Rejects where the inputs are wrong for any of them. */
  hold<T>(planning: Promise<T>): Promise<T>;
  /** The image has failed; the others need not wait for it. Once it has planned this says nothing. */
  fail(error: CodedError): void;
}

/** Usage, and a statement about something else: a run with other inputs would go on. */
function isOfInputs(error: CodedError): boolean {
  return error.exitCode === 2 || error.code === 'subject-mismatch';
}

function heldBack(refusal: CodedError): CodedError {
  return new CodedError(
    refusal.code,
    `nothing was attached, because of another image of this run: ${refusal.message}`,
    {
      cause: refusal,
      hint: refusal.hint,
    },
  );
}
