import type { ReferrersAnswer } from '../store/store.js';
import type { ReferrersCapability } from './types.js';
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
export declare function createCapabilityMemory(): CapabilityMemory;
/** A view for one run: what the memory held before is told from what is learned through the view. */
export declare function capabilitiesOfRun(memory: CapabilityMemory): CapabilityMemory;
/**
 * What one listing learns of its repository. A list proves the API, for good; "no such API" is remembered where it is
 * lasting and no list was ever seen, since a registry that lists for one digest and answers 404 for another has an API.
 */
export declare class CapabilityLearner {
    #private;
    constructor(memory: CapabilityMemory, repository: string);
    /** Why the API need not be asked; undefined: it has to be. `ownOnly`: what was learned before this run is not taken. */
    knownAbsence({ ownOnly }: {
        readonly ownOnly: boolean;
    }): string | undefined;
    /** "No such API" is the word of an earlier run: a 404 that may be over. Asking once in this run settles it. */
    get isRemembered(): boolean;
    get capability(): ReferrersCapability;
    learn(answer: ReferrersAnswer): void;
}
