import type { SpecGround } from './spec-ground.ts';

/** What the specification says of it, as RFC 2119 has the words. */
export type SpecLevel = 'MUST' | 'SHOULD' | 'MAY';

/** `1.1`: released; `main`: what the main branch of distribution-spec adds to 1.1.1. */
export type SpecVersion = '1.1' | 'main';

/** One thing that a registry does, seen from outside. */
export interface SpecCheck {
  /** The section of distribution-spec's spec.md, as it is headed there. */
  readonly section: string;
  readonly version: SpecVersion;
  readonly level: SpecLevel;
  readonly what: string;
  /** Throws `NotOffered` for what a registry may leave out, anything else where it is at fault. */
  run(ground: SpecGround): Promise<void>;
}

/** The registry says, in the way the specification gives it, that it does not do this. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}

type Run = SpecCheck['run'];

/** The checks of one section; `main` marks those that 1.1 does not have. */
export class Section {
  readonly checks: SpecCheck[] = [];
  readonly #section: string;

  constructor(section: string) {
    this.#section = section;
  }

  must(what: string, run: Run, version: SpecVersion = '1.1'): this {
    return this.#add('MUST', what, run, version);
  }

  should(what: string, run: Run, version: SpecVersion = '1.1'): this {
    return this.#add('SHOULD', what, run, version);
  }

  may(what: string, run: Run, version: SpecVersion = '1.1'): this {
    return this.#add('MAY', what, run, version);
  }

  #add(level: SpecLevel, what: string, run: Run, version: SpecVersion): this {
    this.checks.push({ section: this.#section, version, level, what, run });
    return this;
  }
}

/** `Pulling blobs (1.1 MUST): gives the bytes`. */
export function titleOf({ section, version, level, what }: SpecCheck): string {
  return `${section} (${version} ${level}): ${what}`;
}
