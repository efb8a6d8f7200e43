import type { Warning } from '../errors/warning.ts';
import type { Trust } from '../evidence/trust.ts';
import type { Digest } from '../oci/digest.ts';
import { Conditions } from '../policy/evaluate/conditions.ts';
import { evaluatePolicy } from '../policy/evaluate/evaluate-policy.ts';
import type { ImageScope } from '../policy/evidence-item.ts';
import { type EvidencePlan, planEvidence } from '../policy/plan-evidence.ts';
import type { Policy } from '../policy/policy.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import type { CapabilityMemory } from '../referrers/capability.ts';
import { buildListSettings, type ListSettings } from '../referrers/list-settings.ts';
import type { DistributionSpec, ReferrerSource } from '../referrers/types.ts';
import type { ManifestTarget, Store } from '../store/store.ts';
import { ByteBudget } from './byte-budget.ts';
import { ByteTurns } from './byte-turns.ts';
import { CANDIDATE_BYTES, type Examination, examineCandidate } from './examine-candidate.ts';
import { Vouchers } from './examine-vouchers.ts';
import { type FoundCandidate, gatherDeferred } from './gather-candidates.ts';
import { inParallel } from './in-parallel.ts';
import { Inquiry, MAX_CANDIDATES, unmetSubjects } from './inquiry.ts';
import { letGoPredicates } from './let-go-predicates.ts';
import { isLikelyCandidate } from './likely-candidate.ts';
import { lookAtImage } from './look-at-image.ts';
import type { BundleDocument, GithubSource } from './outside-evidence.ts';

export interface JudgeRequest {
  /** One that remembers (memoizeStore): what an image needs twice is asked for once. */
  readonly store: Store;
  /** As the user asked for it. */
  readonly requested: string;
  readonly target: ManifestTarget;
  readonly policy: Policy;
  /** Every one that the policy names, by name; asked for once the image is known. */
  readonly trusts: () => Promise<ReadonlyMap<string, Trust>>;
  /** Places of the registry that are looked at; none where only others are. */
  readonly sources: readonly ReferrerSource[];
  readonly distributionSpec?: DistributionSpec | undefined;
  readonly capabilities?: CapabilityMemory | undefined;
  readonly github?: GithubSource | undefined;
  readonly bundles?: readonly BundleDocument[] | undefined;
  /** What a platform that the registry lacks makes of the verdict, default `unknown`. */
  readonly missingPlatforms?: 'unknown' | 'skip' | undefined;
  /** Look at everything that is there, also where less would do: for a comparison. Default false. */
  readonly thorough?: boolean | undefined;
  readonly now: Date;
  /** The documents that are parsed and verified at a time, of all images of a run; default of this image's alone. */
  readonly turns?: ByteTurns | undefined;
  readonly signal: AbortSignal;
}

export interface ImageJudgement {
  readonly verdict: ImageVerdict;
  /** What was not as it should be, and changed nothing. */
  readonly warnings: readonly Warning[];
}

/** Bytes of evidence that one image may have in all. */
const MAX_IMAGE_BYTES = 256 * 1024 * 1024;
/** Bytes of documents that are parsed and verified at a time: room for the largest, and for small ones beside it. */
export const TURN_BYTES = 48 * 1024 * 1024;
/** For conditions that are slow, before further requests are made. */
const FEW_SECONDS = 4;
/** Candidates that are in memory at a time. */
const PARALLEL = 32;

/**
 * Judges one image. What the hints of lists let seem worth it is read first; where that does not do, the signatures on
 * evidence, then all the rest: nothing is called missing that was not looked for. Throws only where there is no image to
 * judge (`manifest-unknown`, and what reading it throws), where it has too many platforms (`page-limit`), or when the
 * run ends.
 */
export async function judgeImage(request: JudgeRequest): Promise<ImageJudgement> {
  const warnings: Warning[] = [];
  const { policy, now, signal } = request;
  const plan = planEvidence(policy);
  const examination: Examination = {
    store: request.store,
    trusts: async () => [...(await request.trusts()).values()].filter(({ name }) => plan.trusts.has(name)),
    now,
    predicates: plan.predicates,
    budget: new ByteBudget(MAX_IMAGE_BYTES, MAX_CANDIDATES * CANDIDATE_BYTES),
    turns: request.turns ?? new ByteTurns(TURN_BYTES),
    signal,
    warn: (warning) => warnings.push(warning),
  };
  const settings = listSettingsOf(request, examination);
  const inquiry = new Inquiry();
  const { image, gathered, items, gaps } = await lookAtImage(request, plan, settings, examination);
  inquiry.add(gathered);
  inquiry.items.push(...items);
  inquiry.gaps.push(...gaps);
  const verdict = await examineUntilDecided(request, { image, plan, inquiry, settings, examination });
  return { verdict: plan.predicates === 'none' ? verdict : letGoPredicates(verdict), warnings };
}

function listSettingsOf({ store, target, sources, ...request }: JudgeRequest, { warn }: Examination): ListSettings {
  const { distributionSpec, capabilities, signal } = request;
  const common = { store, target, distributionSpec, capabilities, trustHints: false };
  // what a list could not do stands in the gaps, what a candidate is in its item
  const hear = (warning: Warning): void => {
    if (warning.code === 'descriptor-differs') warn(warning);
  };
  if (sources.length > 0) return buildListSettings({ ...common, sources }, hear, signal);
  const nowhere = { sources: new Set<ReferrerSource>(), useApi: false, useTagSchema: false, requireApi: false };
  return { ...buildListSettings(common, hear, signal), ...nowhere };
}

interface Case {
  readonly plan: EvidencePlan;
  readonly image: ImageScope;
  readonly inquiry: Inquiry;
  readonly settings: ListSettings;
  readonly examination: Examination;
}

async function examineUntilDecided(
  request: JudgeRequest,
  { image, plan, inquiry, settings, examination }: Case,
): Promise<ImageVerdict> {
  const { policy, now, missingPlatforms = 'unknown', signal } = request;
  const vouchers = new Vouchers(settings, examination);
  const conditions = new Conditions({ waits: true });
  const judge = async (): Promise<ImageVerdict> => {
    const items = inquiry.items.map((item) => vouchers.addTo(item));
    // a judgement asks nothing itself: what it has to ask is answered between two of them, where a deadline comes through
    for (;;) {
      const verdict = evaluatePolicy({ policy, image, items, gaps: inquiry.gaps, now, missingPlatforms, conditions });
      if (!(await conditions.askNew(signal))) return verdict;
    }
  };
  const examine = async (found: readonly FoundCandidate[]): Promise<void> => {
    const items = await inParallel(found, PARALLEL, (one) => examineCandidate(one, examination));
    inquiry.items.push(...items.flat());
  };
  const vouch = async (unmet: ReadonlySet<Digest>): Promise<void> => {
    await vouchers.lookFor(inquiry.items.filter((item) => unmet.has(item.subject) && plan.needsVouchers(item)));
  };

  await examine(inquiry.take(isLikelyCandidate(policy)));
  if (request.thorough === true) {
    inquiry.add(
      await gatherDeferred(
        inquiry.takeDeferred(() => true),
        settings,
      ),
    );
    await examine(inquiry.take(() => true));
  }
  let verdict = await judge();
  // before more is asked for, what is slow gets some time; who compares wants each answer, also where fewer would do
  const seconds = request.thorough === true ? Number.POSITIVE_INFINITY : FEW_SECONDS;
  const asksSlow = verdict.verdict !== 'pass' || request.thorough === true;
  if (asksSlow && (await conditions.askAgain(signal, seconds * 1000))) verdict = await judge();
  if (verdict.verdict === 'pass') return verdict;

  await vouch(unmetSubjects(verdict, image));
  verdict = await judge();
  if (verdict.verdict === 'pass') return verdict;

  const unmet = unmetSubjects(verdict, image);
  inquiry.add(
    await gatherDeferred(
      inquiry.takeDeferred((subject) => unmet.has(subject)),
      settings,
    ),
  );
  await examine(inquiry.take(({ subject }) => unmet.has(subject.digest)));
  await vouch(unmet);
  await vouchers.lookFurther();
  verdict = await judge();
  return verdict.verdict !== 'pass' && (await conditions.askAgain(signal)) ? await judge() : verdict;
}
