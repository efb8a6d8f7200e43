import type { Digest } from '../../oci/digest.ts';

/** One image's place among those of the run. */
export interface SubjectClaim {
  /** The image names this digest. False: one before it names the same, and what is attached is attached there. */
  take(digest: Digest): Promise<boolean>;
  /** It names nothing: it could not be read. No effect after `take`. */
  leave(): void;
}

/**
 * Several tags of a run may name one image. It is attached to once, for the first that names it in the order of the
 * inputs, whichever answers first; else the two would race for one list and every row would stand twice.
 */
export class SubjectClaims {
  readonly #known = new Map<string, Promise<Digest | undefined>[]>();

  /** Called once for each image, in the order of the inputs. */
  next(repository: string): SubjectClaim {
    const before = [...(this.#known.get(repository) ?? [])];
    const own = Promise.withResolvers<Digest | undefined>();
    this.#known.set(repository, [...before, own.promise]);
    return {
      take: async (digest) => {
        own.resolve(digest);
        return !(await Promise.all(before)).includes(digest);
      },
      leave: () => own.resolve(undefined),
    };
  }
}
