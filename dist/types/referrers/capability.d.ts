import type { ReferrersAnswer } from '../store/store.js';
import type { ReferrersCapability } from './types.js';
/** How one repository keeps referrers. Learned from definite answers only, never from an error. */
export interface KnownCapability {
    readonly capability: 'api' | 'tag-schema';
    /** The answer that taught it, for people. */
    readonly reason: string;
}
/** What is known of repositories, for the process and perhaps between the steps of a job. Keys are Store names. */
export interface CapabilityMemory {
    get(repository: string): KnownCapability | undefined;
    set(repository: string, known: KnownCapability): void;
}
export declare function createCapabilityMemory(): CapabilityMemory;
/**
 * What one listing learns of its repository. A list proves the API, for good; "no such API" is remembered where it is
 * lasting and no list was ever seen, since a registry that lists for one digest and answers 404 for another has an API.
 */
export declare class CapabilityLearner {
    #private;
    constructor(memory: CapabilityMemory, repository: string);
    /** Why the API need not be asked; undefined: it has to be. */
    get knownAbsence(): string | undefined;
    get capability(): ReferrersCapability;
    learn(answer: ReferrersAnswer): void;
}
