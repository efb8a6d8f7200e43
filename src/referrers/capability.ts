import type { ReferrersAnswer } from '../store/store.ts';
import type { ReferrersCapability } from './types.ts';

/** How one repository keeps referrers. Learned from definite answers only, never from an error. */
export interface KnownCapability {
  readonly capability: 'api' | 'tag-schema';
  /** The answer that taught it, for people. */
  readonly reason: string;
  /** It was learned before this run; only a view of one run says so. */
  readonly remembered?: boolean | undefined;
}

/** What is known of repositories, for the process and perhaps between the steps of a job. Keys are Store names. */
export interface CapabilityMemory {
  get(repository: string): KnownCapability | undefined;
  set(repository: string, known: KnownCapability): void;
}

export function createCapabilityMemory(): CapabilityMemory {
  const known = new Map<string, KnownCapability>();
  return {
    get: (repository) => known.get(repository),
    set: (repository, capability) => {
      known.set(repository, capability);
    },
  };
}

/** A view for one run: what the memory held before is told from what is learned through the view. */
export function capabilitiesOfRun(memory: CapabilityMemory): CapabilityMemory {
  const learned = new Set<string>();
  return {
    get: (repository) => {
      const known = memory.get(repository);
      return known === undefined ? undefined : { ...known, remembered: known.remembered ?? !learned.has(repository) };
    },
    set: (repository, { capability, reason }) => {
      learned.add(repository);
      memory.set(repository, { capability, reason });
    },
  };
}

/**
 * What one listing learns of its repository. A list proves the API, for good; "no such API" is remembered where it is
 * lasting and no list was ever seen, since a registry that lists for one digest and answers 404 for another has an API.
 */
export class CapabilityLearner {
  readonly #memory: CapabilityMemory;
  readonly #repository: string;
  #sawList = false;
  #sawAbsence = false;

  constructor(memory: CapabilityMemory, repository: string) {
    this.#memory = memory;
    this.#repository = repository;
  }

  /** Why the API need not be asked; undefined: it has to be. `ownOnly`: what was learned before this run is not taken. */
  knownAbsence({ ownOnly }: { readonly ownOnly: boolean }): string | undefined {
    const known = this.#memory.get(this.#repository);
    if (known?.capability !== 'tag-schema' || (ownOnly && this.isRemembered)) return undefined;
    return known.reason;
  }

  /** "No such API" is the word of an earlier run: a 404 that may be over. Asking once in this run settles it. */
  get isRemembered(): boolean {
    const known = this.#memory.get(this.#repository);
    return known?.capability === 'tag-schema' && known.remembered === true && !this.#sawAbsence;
  }

  get capability(): ReferrersCapability {
    if (this.#sawList) return 'api';
    if (this.#sawAbsence) return 'tag-schema';
    return this.#memory.get(this.#repository)?.capability ?? 'unknown';
  }

  learn(answer: ReferrersAnswer): void {
    if (answer.supported) {
      this.#sawList = true;
      this.#memory.set(this.#repository, { capability: 'api', reason: 'the referrers API answered with a list' });
      return;
    }
    this.#sawAbsence = true;
    const isKnownApi = this.#memory.get(this.#repository)?.capability === 'api';
    if (answer.lasting === false || isKnownApi) return;
    this.#memory.set(this.#repository, { capability: 'tag-schema', reason: answer.reason });
  }
}
