import type { Warning } from '../errors/warning.js';
import type { ShortFormInputs } from '../policy/short-form-inputs.js';
import type { ImageVerdict } from '../policy/verdict.js';
import type { CapabilityMemory } from '../referrers/capability.js';
import { type DistributionSpec, type ReferrerSource } from '../referrers/types.js';
import type { ManifestTarget, Store } from '../store/store.js';
/** One image, and what must be true of it. */
export interface VerifyRequest {
    readonly store: Store;
    /** The image's digest, or its tag: `{ tag: '1.4' }`. Of a multi-platform image it is the index. */
    readonly target: ManifestTarget;
    /**
     * The text of a policy file (YAML or JSON, docs/policy.md), or the short form:
     * `{ require: ['https://slsa.dev/provenance/v1'], signerWorkflow: 'acme/app/.github/workflows/release.yml' }`.
     */
    readonly policy: string | ShortFormInputs;
    /** What messages call the policy, default `policy.yml`. */
    readonly policyFile?: string;
    /**
     * Gives the files that the policy names: keys, certificates, trust roots; undefined for one that is not there. Nothing
     * is read from the disk otherwise. Default: there are none, and everything is written in the policy.
     */
    readonly readFile?: (path: string) => Promise<Uint8Array | undefined>;
    /** The image as messages name it and as waivers match it; default `repository:tag` or `repository@digest`. */
    readonly requested?: string;
    /** Default all four. */
    readonly sources?: readonly ReferrerSource[];
    /** Sigstore bundles (JSON) that count besides what the registry has. */
    readonly bundles?: readonly Uint8Array[];
    /** Default `auto`. */
    readonly distributionSpec?: DistributionSpec;
    /** Default `unknown`. */
    readonly missingPlatforms?: 'unknown' | 'skip';
    /** The time of the judgement, default now. */
    readonly now?: Date;
    readonly capabilities?: CapabilityMemory;
    readonly signal?: AbortSignal;
    readonly onWarning?: (warning: Warning) => void;
}
/**
 * Judges an image by a policy: what is signed, by whom, about what. A policy that is not met is a value, not an error:
 * look at `verdict`, which is `pass`, `fail` or `unknown`, and let only `pass` through. Throws a CodedError for a policy
 * or trust material that cannot be used, before any request, and where there is no image to judge (`manifest-unknown`).
 */
export declare function verify(request: VerifyRequest): Promise<ImageVerdict>;
