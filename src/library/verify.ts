import { createRootFetcher } from '../commands/verify/fetch-roots.ts';
import { loadTrusts } from '../commands/verify/load-trusts.ts';
import type { Warning } from '../errors/warning.ts';
import { judgeImage } from '../gate/judge-image.ts';
import { memoizeStore } from '../gate/memoizing-store.ts';
import { planEvidence } from '../policy/plan-evidence.ts';
import type { Policy } from '../policy/policy.ts';
import type { ShortFormInputs } from '../policy/short-form-inputs.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import type { CapabilityMemory } from '../referrers/capability.ts';
import { nameOfRequest } from '../referrers/list-request.ts';
import { type DistributionSpec, REFERRER_SOURCES, type ReferrerSource } from '../referrers/types.ts';
import type { ManifestTarget, Store } from '../store/store.ts';

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
export async function verify(request: VerifyRequest): Promise<ImageVerdict> {
  const { store, target, sources = REFERRER_SOURCES, bundles = [], now = new Date() } = request;
  const { distributionSpec, capabilities, missingPlatforms, onWarning } = request;
  const policy = await readPolicy(request);
  const { trusts: asked } = planEvidence(policy);
  const trusts = await loadTrusts(policy.trust, {
    files: { ref: undefined, place: 'what readFile gives', read: request.readFile ?? (async () => undefined) },
    mustPin: false,
    isUsed: (name) => asked.has(name),
    fetchRoots: createRootFetcher(() => now),
  });
  const { verdict, warnings } = await judgeImage({
    store: memoizeStore(store),
    requested: nameOfRequest(request),
    target,
    policy,
    trusts,
    sources,
    bundles: bundles.map((bytes, i) => ({ bytes, origin: `bundles[${i}]` })),
    distributionSpec,
    capabilities,
    missingPlatforms,
    now,
    signal: request.signal ?? new AbortController().signal,
  });
  for (const warning of warnings) onWarning?.(warning);
  return verdict;
}

async function readPolicy({ policy, policyFile = 'policy.yml' }: VerifyRequest): Promise<Policy> {
  if (typeof policy === 'string') {
    const { parsePolicy } = await import('../policy/parse/parse-policy.ts');
    return parsePolicy(policy, { file: policyFile });
  }
  const { buildShortPolicy } = await import('../policy/short-form.ts');
  return buildShortPolicy(policy);
}
